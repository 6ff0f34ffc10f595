import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { encodeHyperparameter } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { startTestServer, type TestServer } from '@qloom/testing/test-server.ts';

const RATIO: Hyperparameter = {
  ...{ name: 'synthRatio', kind: 'float', scale: 'log', min: 0.25, max: 8, zeroAllowed: true, default: 1 },
};

/** A server of the three services that describe themselves, which is all that an agent needs for a search. */
export function serveDescriptions(): Promise<TestServer> {
  const describe = (service: string, parameters: readonly Hyperparameter[] = []) => ({
    capabilities: {
      service,
      version: '0',
      engines: [],
      limits: [],
      hyperparameters: parameters.map(encodeHyperparameter),
    },
  });
  const refuse = async (): Promise<never> => {
    throw new DomainError('unsupported', 'only GetCapabilities');
  };
  // biome-ignore lint/correctness/useYield: it never answers.
  const refuseStream = async function* (): AsyncGenerator<never> {
    await refuse();
  };
  return startTestServer(
    bindService(GeneratorServiceService, {
      getCapabilities: async () => ({ ...describe('generator', [RATIO]), methods: [] }),
      fit: refuseStream,
      sample: refuseStream,
    }),
    bindService(DiscriminatorServiceService, {
      getCapabilities: async () => describe('discriminator'),
      critique: refuseStream,
      assess: refuse,
    }),
    bindService(QnnSimulatorServiceService, {
      getCapabilities: async () => describe('qnn-sim'),
      expectation: refuse,
      gradient: refuse,
      measure: refuse,
      minimize: refuseStream,
      // The agent asks with one training step whether the settings are accepted: they are, and the training diverges.
      evaluate: async () => {
        throw new DomainError('diverged', 'only GetCapabilities');
      },
    }),
  );
}
