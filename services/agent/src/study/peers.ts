import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { Capabilities } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { Connect, Remote } from '@qloom/service-kit/client/clients.ts';
import { type Advertised, mergeSpaces } from '@qloom/study/space/merge.ts';
import type { Space } from '@qloom/study/space/space.ts';
import type { OfferedMethod } from '@qloom/study/synthesis/offered-method.ts';
import { decodeHyperparameter } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { offeredMethods } from '@qloom/study-rpc/codec/offered-methods.ts';

/** Maximum duration of a fit or evaluation for which the agent waits. Unit: milliseconds. */
export const LONG_CALL_MS = 3_600_000;

/** The services that the agent calls. */
export interface Peers {
  readonly generator: Remote<typeof GeneratorServiceService>;
  readonly discriminator: Remote<typeof DiscriminatorServiceService>;
  readonly qnnSim: Remote<typeof QnnSimulatorServiceService>;
  close(): void;
}

/** Their addresses. */
export interface PeerTargets {
  readonly generator: string;
  readonly discriminator: string;
  readonly qnnSim: string;
}

/** Connects, at the first call of each. */
export function connectPeers(connect: Connect, targets: PeerTargets): Peers {
  const generator = connect(GeneratorServiceService, targets.generator);
  const discriminator = connect(DiscriminatorServiceService, targets.discriminator);
  const qnnSim = connect(QnnSimulatorServiceService, targets.qnnSim);
  return {
    generator,
    discriminator,
    qnnSim,
    close() {
      for (const peer of [generator, discriminator, qnnSim]) peer.close();
    },
  };
}

/**
 * The space that the services currently advertise. Rejects with the errors of the calls, and with `SpaceConflictError`
 * if their hyperparameters are in conflict.
 */
export async function advertisedSpace(peers: Peers, signal?: AbortSignal): Promise<Space> {
  const answers = await Promise.all([
    peers.generator.getCapabilities({}, { signal }),
    peers.discriminator.getCapabilities({}, { signal }),
    peers.qnnSim.getCapabilities({}, { signal }),
  ]);
  const advertised = ['generator', 'discriminator', 'qnn-sim'].map((name, i) => decode(name, answers[i].capabilities));
  return mergeSpaces(advertised);
}

/** The methods that the generator describes, by name; empty if it describes none. Rejects with the errors of the call. */
export async function describedMethods(
  { generator }: Pick<Peers, 'generator'>,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, OfferedMethod>> {
  return offeredMethods(await generator.getCapabilities({}, { signal }));
}

function decode(name: string, capabilities: Capabilities | undefined): Advertised {
  return {
    service: capabilities?.service || name,
    parameters: (capabilities?.hyperparameters ?? []).map(decodeHyperparameter),
  };
}
