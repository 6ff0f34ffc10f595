import { fileURLToPath } from 'node:url';
import { AgentServiceService, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { targetVariables } from '@qloom/study-rpc/services.ts';
import { describeWithNats, startNatsServer } from '@qloom/testing/nats-server.ts';
import { spawnMain } from '@qloom/testing/spawn-main.ts';
import { deploy } from './deployment.ts';
import { readSlots } from './read-log.ts';
import { tinyStudy } from './tiny-study.ts';

const AGENT_MAIN = fileURLToPath(new URL('../../services/agent/src/main.ts', import.meta.url));
const settings = tinyStudy(2);

/** Slots of a study whose agent is killed in the middle while a second agent of the same log runs. */
async function slotsAfterKill(log: string | undefined): Promise<unknown> {
  const env = { QLOOM_AGENT_LEASE_MS: '1000' };
  const deployment = await deploy({ log, artifacts: log, only: { agent: env } });
  const url = log ?? `sqlite:${deployment.folder.file('log.db')}`;
  const target = deployment.folder.socket('second-agent');
  // The second agent starts when the first one has the study. Without a generator the study cannot end before it has started.
  await deployment.agent.createStudy({ id: 'tiny', settings });
  await deployment.main('agent').line('runs a study');
  await deployment.main('generator').kill();
  const second = spawnMain(AGENT_MAIN, {
    ...env,
    QLOOM_LISTEN: target,
    QLOOM_LOG: url,
    QLOOM_ARTIFACTS: log ?? `file://${deployment.folder.file('artifacts')}`,
    ...targetVariables(deployment.target),
  });
  const agent = connect(AgentServiceService, target);
  try {
    await second.ready;
    await deployment.main('agent').kill();
    await deployment.killAndRestart('generator');
    let last: StudyState | undefined;
    for await (const { study } of agent.watchStudy({ id: 'tiny' }, { deadlineMs: 600_000 })) last = study?.state;
    expect(last).toBe(StudyState.FINISHED);
    expect(await second.line('runs a study')).toMatchObject({ study: 'tiny', attempt: 2 });
    return await readSlots(url, 'tiny');
  } finally {
    agent.close();
    await second.stop();
    await deployment.stop();
  }
}

describe('a study whose agent is killed', () => {
  let undisturbed: unknown;
  beforeAll(async () => {
    const deployment = await deploy();
    try {
      await deployment.agent.createStudy({ id: 'tiny', settings });
      for await (const _ of deployment.agent.watchStudy({ id: 'tiny' }, { deadlineMs: 600_000 }));
      undisturbed = await readSlots(`sqlite:${deployment.folder.file('log.db')}`, 'tiny');
    } finally {
      await deployment.stop();
    }
  }, 300_000);

  it('is ended by another agent of the log, with the slots of an undisturbed one', async () => {
    expect(await slotsAfterKill(undefined)).toEqual(undisturbed);
  }, 300_000);

  describeWithNats('on NATS', () => {
    it('is ended by another agent of the log, with the slots of an undisturbed one', async () => {
      const nats = await startNatsServer();
      try {
        expect(await slotsAfterKill(nats.url)).toEqual(undisturbed);
      } finally {
        await nats.stop();
      }
    }, 300_000);
  });
});
