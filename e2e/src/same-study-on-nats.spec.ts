import { describeWithNats, startNatsServer } from '@qloom/testing/nats-server.ts';
import { deploy } from './deployment.ts';
import { readSlots } from './read-log.ts';
import { tinyStudy } from './tiny-study.ts';
import { finishStudy } from './watch-study.ts';

describeWithNats('a study on NATS', () => {
  it('has the slots of the same study on SQLite', async () => {
    const settings = tinyStudy(4);
    const run = async (log?: string) => {
      const deployment = await deploy({ log, artifacts: log });
      try {
        await deployment.agent.createStudy({ id: 'tiny', settings });
        await finishStudy(deployment, 'tiny');
        return await readSlots(log ?? `sqlite:${deployment.folder.file('log.db')}`, 'tiny');
      } finally {
        await deployment.stop();
      }
    };
    const nats = await startNatsServer();
    try {
      expect(await run(nats.url)).toEqual(await run());
    } finally {
      await nats.stop();
    }
  }, 180_000);
});
