import { readFileSync } from 'node:fs';
import { Outcome, Slot } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { deploy } from './deployment.ts';
import { serveStandIn } from './stand-in-generator.ts';
import { tinyStudy } from './tiny-study.ts';
import { watchStudy } from './watch-study.ts';

describe("a generator of somebody else's", () => {
  it('takes at most 100 lines', () => {
    const lines = readFileSync(require.resolve('./stand-in-generator.ts'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(100);
  });

  it('completes an episode through gRPC alone', async () => {
    const folder = await createTempFolder();
    const stop = await serveStandIn(folder.socket('stand-in'));
    const deployment = await deploy({ targets: { generator: folder.socket('stand-in') } });
    try {
      const settings = { ...tinyStudy(1), sobolEpisodes: 0, batchSize: 1, space: [], policy: 'fixed' };
      await deployment.agent.createStudy({ id: 'standin', settings });
      for await (const { event } of watchStudy(deployment, 'standin')) {
        expect(event?.failure).toBeUndefined();
        if (event?.slot !== Slot.REWARD) continue;
        expect(event.outcome).toBe(Outcome.OK);
        break;
      }
    } finally {
      await deployment.stop();
      stop();
      await folder.remove();
    }
  });
});
