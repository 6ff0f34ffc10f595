// A critic as the discriminator serves it, which writes down when each message came and went. Serves at argv[2], and says where;
// every message of its parent is answered with what it wrote down since the last.

import { setImmediate as breathe } from 'node:timers/promises';
import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { createAttemptRegistry } from '@qloom/discriminator/domain/attempts.ts';
import { critiqueHandler } from '@qloom/discriminator/rpc/critique.ts';
import { parseListen } from '@qloom/service-kit/config/listen.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { createLogger } from '@qloom/service-kit/logger.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { startServer } from '@qloom/service-kit/server/server.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import { chooseTrainingSteps, type TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import { monotonicMs, timedRuns } from './run-times.ts';
import type { CriticTimes } from './split-times.ts';

const { address, problem } = parseListen(process.argv[2] ?? '');
if (address === undefined) throw new Error(`address ${problem}`);

const unsupported = async (): Promise<never> => {
  throw new DomainError('unsupported', 'the timed critic only critiques');
};

let times: CriticTimes = { received: [], answered: [], runs: [] };
process.on('message', () => {
  process.send?.(times);
  times = { received: [], answered: [], runs: [] };
});

const backend = await useBackend({});
const compiled = chooseTrainingSteps({ mode: 'on', backend: backend.name, breathe: () => breathe() });
const steps = timedRuns(compiled.steps as TrainingSteps, (run) => times.runs.push(run));
const critique = critiqueHandler({ attempts: createAttemptRegistry(), maxCritics: 1, steps });

const server = await startServer({
  listen: address,
  log: createLogger({ level: 'error' }),
  services: [
    bindService(DiscriminatorServiceService, {
      getCapabilities: unsupported,
      assess: unsupported,
      async *critique(requests, context) {
        const timed = {
          ...requests,
          [Symbol.asyncIterator]: () => timed,
          async receive() {
            const request = await requests.receive();
            if (request?.part?.$case === 'step') times.received.push(monotonicMs());
            return request;
          },
        };
        for await (const response of critique(timed, context)) {
          if (response.part?.$case === 'stepResult') times.answered.push(monotonicMs());
          yield response;
        }
      },
    }),
  ],
});
server.setReady(true);
process.stdout.write(`${server.target}\n`);
process.on('disconnect', () => process.exit(0));
