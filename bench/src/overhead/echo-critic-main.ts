// A critic that computes nothing: what is measured against it is the exchange itself. Serves at argv[2], and says "ready".

import type { CritiqueResponse } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { parseListen } from '@qloom/service-kit/config/listen.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { createLogger } from '@qloom/service-kit/logger.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { startServer } from '@qloom/service-kit/server/server.ts';
import { decodeTensor, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';

const { address, problem } = parseListen(process.argv[2] ?? '');
if (address === undefined) throw new Error(`address ${problem}`);

const unsupported = async (): Promise<never> => {
  throw new DomainError('unsupported', 'the echo critic only critiques');
};

const server = await startServer({
  listen: address,
  log: createLogger({ level: 'error' }),
  services: [
    bindService(DiscriminatorServiceService, {
      getCapabilities: unsupported,
      assess: unsupported,
      async *critique(requests) {
        for await (const { part } of requests) {
          if (part?.$case !== 'step') continue;
          const { index, x, classes } = part.value;
          const points = decodeTensor(x, { dtype: 'float32', shape: [null, null], finite: true, field: 'step.x' });
          const labels = decodeTensor(classes, { dtype: 'int32', shape: [null], field: 'step.classes' });
          const reply: CritiqueResponse = {
            part: {
              $case: 'stepResult',
              value: {
                index,
                logits: encodeTensor(new Float32Array(labels.length)),
                losses: [{ name: 'adversarial', value: 0.5 }],
                gradient: encodeTensor(points, x!.shape),
              },
            },
          };
          yield reply;
        }
      },
    }),
  ],
});
server.setReady(true);
process.stdout.write(`${server.target}\n`);
process.on('disconnect', () => process.exit(0));
