import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { StudyRecord, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { formatKey, isEpisodeKey } from '@qloom/episode-log/event-key.ts';
import { openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { type Deployment, deploy } from './deployment.ts';
import { readResult } from './read-result.ts';
import { contractsReader } from './recorded/recorded-contracts.ts';
import { isStudySlot, type RecordedEvent, type RecordedLog, recordedLogs, restore } from './recorded/recorded-log.ts';
import { finishStudy } from './watch-study.ts';

const CURRENT = readFileSync(createRequire(import.meta.url).resolve('@qloom/contracts/gen/descriptors.binpb'));

/** Fields of a result for times, which differ between runs. */
const TIMES = new Set(['seconds', 'createdAt', 'finishedAt']);

/** The result that the version itself wrote, without times. */
function recordedResult({ events, artifacts }: RecordedLog): object {
  const finish = events.find((event) => isStudySlot(event, 'finish'));
  const { record } = StudyRecord.decode(finish!.payload);
  if (record?.$case !== 'finished') throw new Error('the recorded study has not finished');
  const bytes = artifacts.get(record.value.result!.sha256);
  return JSON.parse(Buffer.from(bytes!).toString(), (key, value) => (TIMES.has(key) ? undefined : value));
}

/** Name of the message that an event holds. */
const typeOf = ({ key }: RecordedEvent) =>
  isEpisodeKey(key) ? 'qloom.episode.v1.SlotEvent' : 'qloom.agent.v1.StudyRecord';

/** The content of an event as today's generated code reads it. */
const contentOf = (event: RecordedEvent, bytes = event.payload): unknown =>
  isEpisodeKey(event.key) ? SlotEvent.toJSON(SlotEvent.decode(bytes)) : StudyRecord.toJSON(StudyRecord.decode(bytes));

describe.each(recordedLogs())('a log that version $version has written, at commit $commit', (recorded) => {
  const { study, events, halfWay } = recorded;
  const standing = events.slice(0, halfWay);
  let folder: TempFolder;
  let deployment: Deployment;

  /** Deploys today's services on a log with these events. */
  async function deployOn(kept: readonly RecordedEvent[]): Promise<void> {
    folder = await createTempFolder();
    const places = { log: `sqlite:${folder.file('log.db')}`, artifacts: `file://${folder.file('artifacts')}` };
    await restore(recorded, kept, places);
    deployment = await deploy(places);
  }

  async function remove(): Promise<void> {
    await deployment.stop();
    await folder.remove();
  }

  async function logged(): Promise<LogEvent[]> {
    const log = await openEpisodeLog(`sqlite:${folder.file('log.db')}`);
    try {
      return await log.replay(study);
    } finally {
      await log.close();
    }
  }

  describe('of a finished study', () => {
    afterEach(remove);

    it('is opened as it stands', async () => {
      await deployOn(events);
      const { study: opened } = await deployment.agent.getStudy({ id: study });
      expect(opened?.state).toBe(StudyState.FINISHED);
      expect(await readResult(deployment, study)).toEqual(recordedResult(recorded));
      expect(await logged()).toHaveLength(events.length);
    }, 120_000);

    it('gives the result that it was given, where only its end is missing', async () => {
      await deployOn(events.filter((event) => !isStudySlot(event, 'finish')));
      await finishStudy(deployment, study);
      // New fields may be added.
      expect(await readResult(deployment, study)).toMatchObject(recordedResult(recorded));
      expect(await logged()).toHaveLength(events.length);
    }, 120_000);
  });

  describe('of a study that stands half way', () => {
    let written: LogEvent[];

    beforeAll(async () => {
      await deployOn(standing);
      await finishStudy(deployment, study);
      written = await logged();
    }, 180_000);

    afterAll(remove);

    it('has rewarded episodes and one that is fitted and not measured', () => {
      const slots = new Set(standing.map(({ key }) => formatKey(key)));
      const { episode } = standing.at(-1)!.key;
      expect(slots).toContain(`${study}/${episode}/fit`);
      expect(slots).not.toContain(`${study}/${episode}/assess`);
      expect(slots).not.toContain(`${study}/${episode}/evaluate`);
      expect([...slots].some((key) => key.endsWith('/reward'))).toBe(true);
      expect([...slots].some((key) => key.startsWith(`${study}/unit-`))).toBe(false);
    });

    it('is continued from there to the end', () => {
      const rewards = written
        .filter(({ key }) => key.slot === 'reward')
        .map(({ payload }) => SlotEvent.decode(payload));
      expect(rewards.map(({ facts }) => facts?.$case)).toEqual(['reward', 'reward', 'reward', 'reward']);
      expect(new Set(written.map(({ key }) => formatKey(key)))).toEqual(
        new Set(events.map(({ key }) => formatKey(key))),
      );
    });

    it('keeps every slot that stood, byte for byte', () => {
      const text = ({ key, payload }: RecordedEvent) => `${formatKey(key)} ${Buffer.from(payload).toString('base64')}`;
      expect(written.slice(0, halfWay).map(text)).toEqual(standing.map(text));
    });

    it('is written so that its version reads every field that it has, and passes the others on', () => {
      const readThen = contractsReader(recorded.descriptors);
      const readNow = contractsReader(CURRENT);
      expect(written.length).toBeGreaterThan(halfWay);
      for (const event of written) {
        const then = readThen(typeOf(event), event.payload);
        expect(readNow(typeOf(event), event.payload).json).toMatchObject(then.json as object);
        expect(contentOf(event, then.passedOn)).toEqual(contentOf(event));
      }
    });
  });
});
