import { readFileSync } from 'node:fs';
import { EvaluationSettings } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { Outcome, Slot } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { ServiceName } from '@qloom/study-rpc/services.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { deploy } from './deployment.ts';
import { serveStandIn } from './stand-in-generator.ts';
import { tinyStudy } from './tiny-study.ts';
import { finishStudy, watchStudy } from './watch-study.ts';

/** The stand-in has no hyperparameter `method`, by which baselines are requested. */
const NO_BASELINES = EvaluationSettings.fromPartial({ draws: 2 });

describe('a third-party generator', () => {
  it('takes at most 100 lines', () => {
    const lines = readFileSync(require.resolve('./stand-in-generator.ts'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(100);
  });

  it('configured only for its own stage worker makes episodes wait, not fail, until all services have its target', async () => {
    const folder = await createTempFolder();
    const theirs = folder.socket('stand-in');
    const stop = await serveStandIn(theirs);
    const only: Partial<Record<ServiceName, Record<string, string>>> = {
      generator: { QLOOM_GENERATOR_TARGET: theirs },
    };
    const deployment = await deploy({ only });
    try {
      const settings = {
        ...tinyStudy(2),
        sobolEpisodes: 0,
        batchSize: 1,
        space: [],
        policy: 'fixed',
        evaluation: NO_BASELINES,
      };
      await deployment.agent.createStudy({ id: 'mixed', settings });
      for (const service of ['discriminator', 'qnn-sim'] as const) {
        const { error } = (await deployment.main(service).line('handed back')) as { error: { message: string } };
        expect(error.message).toMatch(
          /fitted by stand-in 1\.0\.0, and the generator at .* is qloom\.generator [\d.]+; right would be .*QLOOM_GENERATOR_TARGET/,
        );
        only[service] = { QLOOM_GENERATOR_TARGET: theirs };
        await deployment.killAndRestart(service);
      }
      only.agent = { QLOOM_GENERATOR_TARGET: theirs };
      await deployment.killAndRestart('agent');
      const study = await finishStudy(deployment, 'mixed');
      expect([study.rewarded, study.failed]).toEqual([2, 0]);
    } finally {
      await deployment.stop();
      stop();
      await folder.remove();
    }
  });

  it('completes an episode through gRPC alone', async () => {
    const folder = await createTempFolder();
    const stop = await serveStandIn(folder.socket('stand-in'));
    const deployment = await deploy({ targets: { generator: folder.socket('stand-in') } });
    try {
      const settings = {
        ...tinyStudy(1),
        sobolEpisodes: 0,
        batchSize: 1,
        space: [],
        policy: 'fixed',
        evaluation: NO_BASELINES,
      };
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
