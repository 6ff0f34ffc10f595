import { Slot } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { isEpisodeKey } from '@qloom/episode-log/event-key.ts';
import { openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';
import { decodeSlot, isOk } from '@qloom/service-kit/stage/slot-events.ts';
import { describeWithNats, startNatsServer } from '@qloom/testing/nats-server.ts';
import { type Deployment, deploy } from './deployment.ts';
import { readSlots } from './read-log.ts';
import { readResult } from './read-result.ts';
import { tinyStudy } from './tiny-study.ts';
import { finishStudy, watchStudy } from './watch-study.ts';

const EPISODES = 6;
const settings = { ...tinyStudy(EPISODES), inFlight: 4 };

/** How an agent is stopped, in turn. */
const GOES = [
  (deployment: Deployment) => deployment.main('agent').kill(),
  (deployment: Deployment) => deployment.main('agent').stop(),
] as const;

/** Whether another service works on an episode: proposed, not failed, and not yet both assessed and evaluated. */
function isInHand(slots: ReadonlyMap<string, LogEvent>): boolean {
  const failed = [...slots.values()].some((event) => !isOk(decodeSlot(event)));
  return !failed && !slots.has('reward') && !(slots.has('assess') && slots.has('evaluate'));
}

/** Resolves when the other services have finished their work. */
async function othersDone(url: string): Promise<void> {
  const log = await openEpisodeLog(url);
  try {
    const episodes = new Map<number, Map<string, LogEvent>>();
    const apply = (event: LogEvent): void => {
      if (!isEpisodeKey(event.key)) return;
      const { episode, slot } = event.key;
      episodes.set(episode, (episodes.get(episode) ?? new Map()).set(slot, event));
    };
    const standing = await log.replay('tiny');
    for (const event of standing) apply(event);
    if (![...episodes.values()].some(isInHand)) return;
    const signal = new AbortController().signal;
    for await (const event of log.watch('tiny', { after: standing.at(-1)?.sequence, signal })) {
      apply(event);
      if (![...episodes.values()].some(isInHand)) return;
    }
  } finally {
    await log.close();
  }
}

/** Slots and result of the study, with its agent stopped after each reward until the others are idle. */
async function run(log: string | undefined, first?: 'SIGKILL' | 'SIGTERM'): Promise<unknown> {
  // On NATS a restarted agent waits for the lease of the killed one.
  const only = { agent: { QLOOM_AGENT_LEASE_MS: '1000' } };
  const deployment = await deploy({ log, artifacts: log, only });
  const url = log ?? `sqlite:${deployment.folder.file('log.db')}`;
  try {
    await deployment.agent.createStudy({ id: 'tiny', settings });
    for (let rewarded = 1; first !== undefined && rewarded <= EPISODES; rewarded++) {
      for await (const { study, event } of watchStudy(deployment, 'tiny')) {
        // If the study has passed that reward while this watch was opened again, the agent is stopped now.
        if (event?.slot === Slot.REWARD || (study?.rewarded ?? 0) >= rewarded) break;
      }
      await GOES[(rewarded + (first === 'SIGKILL' ? 1 : 0)) % GOES.length](deployment);
      await othersDone(url);
      await deployment.killAndRestart('agent');
    }
    await finishStudy(deployment, 'tiny');
    return { slots: await readSlots(url, 'tiny'), result: await readResult(deployment, 'tiny') };
  } finally {
    await deployment.stop();
  }
}

describe('an agent that stops after every reward, and restarts when the others have finished their work', () => {
  let undisturbed: unknown;
  beforeAll(async () => {
    undisturbed = await run(undefined);
  }, 180_000);

  // What one log sees at a reward by SIGKILL, the other sees by SIGTERM.
  it('SIGKILL and SIGTERM in turn: slots and result are those of the undisturbed run', async () => {
    expect(await run(undefined, 'SIGKILL')).toEqual(undisturbed);
  }, 300_000);

  describeWithNats('on NATS', () => {
    it('SIGTERM and SIGKILL in turn: slots and result are those of the undisturbed run', async () => {
      const nats = await startNatsServer();
      try {
        expect(await run(nats.url, 'SIGTERM')).toEqual(undisturbed);
      } finally {
        await nats.stop();
      }
    }, 300_000);
  });
});
