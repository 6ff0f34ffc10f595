import { type ServiceError, status } from '@grpc/grpc-js';
import type { SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { ArtifactMissingError } from '@qloom/episode-log/errors.ts';
import type { EpisodeKey } from '@qloom/episode-log/event-key.ts';
import { openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import { createSignalBoard } from '@qloom/testing/signal-board.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { createMemoryLog } from '@qloom/testing/test-server.ts';
import { DomainError } from '../faults/errors.ts';
import type { BackgroundWork } from './background-work.ts';
import { decodeSlot, encodeSlot, failureOf, isOk, type SlotContent, type SlotFacts } from './slot-events.ts';
import { createStageWorker, POISON_AFTER, type StageContext, type StageOptions } from './stage-worker.ts';

const FACTS: SlotFacts = { $case: 'fit', value: { folds: [] } };
const PROPOSED: SlotFacts = {
  $case: 'propose',
  value: {
    batch: 0,
    origin: 'sobol',
    hyperparameters: [],
    seed: 7,
    policyVersion: 0,
    multipliers: [],
    folds: [],
    data: undefined,
    qnn: undefined,
    qnnSeeds: [],
  },
};
const keyOf = (episode: number, slot: EpisodeKey['slot']): EpisodeKey => ({ study: 'study', episode, slot });

let folder: TempFolder;
let episodeLog: EpisodeLog;
const workers: BackgroundWork[] = [];

beforeEach(async () => {
  folder = await createTempFolder();
  episodeLog = await openEpisodeLog(`sqlite://${folder.file('log.db')}`);
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.drain(0);
  await episodeLog.close();
  await folder.remove();
});

function work(run: StageOptions['run'], options: Partial<StageOptions> = {}): BackgroundWork {
  const { log } = createMemoryLog();
  const worker = createStageWorker({
    stage: 'fit',
    episodeLog,
    log,
    concurrency: 2,
    backoff: { firstMs: 1, longestMs: 4 },
    run,
    ...options,
  });
  workers.push(worker);
  worker.start('unix:/self.sock');
  return worker;
}

async function write(key: EpisodeKey, result: SlotContent['result']): Promise<void> {
  await episodeLog.append(key, encodeSlot(key, { startedAtMs: 1, endedAtMs: 2, attempt: 1, result }));
}

/** The slot, now or when it comes. */
async function slot(key: EpisodeKey): Promise<SlotEvent> {
  const enough = new AbortController();
  for await (const event of episodeLog.watch(key.study, { signal: enough.signal })) {
    if (event.key.episode === key.episode && event.key.slot === key.slot) return decodeSlot(event);
  }
  throw new Error('the watch ended');
}

const serviceError = (code: number, details: string): ServiceError =>
  Object.assign(new Error(details), { code, details }) as ServiceError;

describe('a stage', () => {
  it('writes its slot with the result of its work', async () => {
    const seen = createSignalBoard<[SlotEvent, StageContext]>();
    work(async (event, context) => {
      seen.post([event, context]);
      return FACTS;
    });
    await write(keyOf(3, 'propose'), { facts: PROPOSED });
    const fit = await slot(keyOf(3, 'fit'));
    expect([isOk(fit), fit.facts, fit.attempt]).toEqual([true, FACTS, 1]);
    const [event, context] = (await seen.atLeast(1))[0];
    expect(event.facts).toEqual(PROPOSED);
    expect([context.attempt, context.self]).toEqual([1, 'unix:/self.sock']);
  });

  it.each<[string, unknown, string]>([
    ['INVALID_ARGUMENT', serviceError(status.INVALID_ARGUMENT, 'batch: 3 is odd'), 'invalid'],
    ['OUT_OF_RANGE', serviceError(status.OUT_OF_RANGE, 'loss is NaN'), 'diverged'],
    ['a domain error', new DomainError('diverged', 'loss is NaN'), 'diverged'],
  ])('writes its slot as failed when the work ends with %s', async (_what, error, reason) => {
    work(() => Promise.reject(error));
    await write(keyOf(0, 'propose'), { facts: PROPOSED });
    const fit = await slot(keyOf(0, 'fit'));
    expect([isOk(fit), failureOf(fit)]).toEqual([false, { reason, message: (error as Error).message }]);
  });

  it.each<[string, unknown]>([
    ['UNAVAILABLE', serviceError(status.UNAVAILABLE, 'connection refused')],
    ['CANCELLED', serviceError(status.CANCELLED, 'cancelled')],
    ['DEADLINE_EXCEEDED', serviceError(status.DEADLINE_EXCEEDED, 'no answer')],
    ['a lost connection', serviceError(status.INTERNAL, 'Received RST_STREAM with code 2')],
    ['UNIMPLEMENTED', serviceError(status.UNIMPLEMENTED, 'Fit: not here')],
    ['a refused socket', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['a full disk', Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })],
    ['an artifact that is away', new ArtifactMissingError('artifact 00 is not in /data')],
    ['JetStream', Object.assign(new Error('internal error'), { name: 'JetStreamApiError', code: 10_023 })],
  ])('retries without limit when the infrastructure fails: %s', async (_what, error) => {
    let runs = 0;
    work(async () => {
      if (++runs <= POISON_AFTER + 5) throw error;
      return FACTS;
    });
    await write(keyOf(0, 'propose'), { facts: PROPOSED });
    const fit = await slot(keyOf(0, 'fit'));
    expect([isOk(fit), fit.attempt]).toEqual([true, POISON_AFTER + 6]);
  });

  it('declares an event poison after many unexplained failures, infrastructure faults not counted', async () => {
    const errors = ['UNAVAILABLE', 'bug', 'bug', 'UNAVAILABLE', 'bug'];
    let runs = 0;
    work(
      async () => {
        const error = errors[runs++];
        throw error === 'bug' ? new TypeError('a bug') : serviceError(status.UNAVAILABLE, 'away');
      },
      { poisonAfter: 3 },
    );
    await write(keyOf(0, 'propose'), { facts: PROPOSED });
    expect(failureOf(await slot(keyOf(0, 'fit')))).toEqual({
      reason: 'poison',
      message: '3 deliveries without progress; the last error: a bug',
    });
    expect(runs).toBe(5);
  });

  it('does not take one unexplained error for poison after workers were killed', async () => {
    let killed = 0;
    await write(keyOf(0, 'propose'), { facts: PROPOSED });
    const others = new AbortController();
    await episodeLog.consume(
      { consumer: 'fit', slot: 'propose', maxInFlight: 1, signal: others.signal },
      async (event) => {
        if (++killed === 30) others.abort();
        await event.nak(0);
      },
    );
    let runs = 0;
    work(async () => {
      if (++runs === 1) throw new TypeError('a bug');
      return FACTS;
    });
    const fit = await slot(keyOf(0, 'fit'));
    expect([isOk(fit), fit.attempt]).toEqual([true, 32]);
  });

  it('does no work for an event that failed, a slot that is written, or an episode that is over', async () => {
    const ran = createSignalBoard<number>();
    await write(keyOf(0, 'propose'), { reason: 'invalid', message: 'no data' });
    await write(keyOf(1, 'propose'), { facts: PROPOSED });
    await write(keyOf(1, 'fit'), { facts: FACTS });
    await write(keyOf(2, 'propose'), { facts: PROPOSED });
    await write(keyOf(2, 'reward'), { reason: 'cancelled', message: 'the study was cancelled' });
    await write(keyOf(3, 'propose'), { facts: PROPOSED });
    work(async (event) => {
      ran.post(event.episode);
      return FACTS;
    });
    await slot(keyOf(3, 'fit'));
    expect(ran.all).toEqual([3]);
    expect(await episodeLog.read(keyOf(0, 'fit'))).toBeUndefined();
    expect(await episodeLog.read(keyOf(2, 'fit'))).toBeUndefined();
  });

  it('adopts the slot of a faster worker', async () => {
    work(async () => {
      await write(keyOf(0, 'fit'), { reason: 'diverged', message: 'another worker' });
      return FACTS;
    });
    await write(keyOf(0, 'propose'), { facts: PROPOSED });
    await write(keyOf(1, 'propose'), { facts: PROPOSED });
    expect(failureOf(await slot(keyOf(0, 'fit')))?.message).toBe('another worker');
  });

  it('declares an event that it cannot read poison', async () => {
    work(async () => FACTS, { poisonAfter: 1 });
    await episodeLog.append(keyOf(0, 'propose'), Uint8Array.of(0xff, 0xff, 0xff));
    expect(failureOf(await slot(keyOf(0, 'fit')))).toMatchObject({
      reason: 'poison',
      message: expect.stringContaining('study/0/propose: 3 bytes that are no SlotEvent'),
    });
  });
});

describe('a drain', () => {
  it('waits for work in flight, and pulls nothing new', async () => {
    const started = createSignalBoard<number>();
    const release = Promise.withResolvers<void>();
    const worker = work(
      async (event) => {
        started.post(event.episode);
        await release.promise;
        return FACTS;
      },
      { concurrency: 1 },
    );
    await write(keyOf(0, 'propose'), { facts: PROPOSED });
    await started.atLeast(1);
    const drained = worker.drain(60_000);
    await write(keyOf(1, 'propose'), { facts: PROPOSED });
    release.resolve();
    await drained;
    expect(isOk(decodeSlot((await episodeLog.read(keyOf(0, 'fit')))!))).toBe(true);
    expect(started.all).toEqual([0]);
  });

  it('hands back work that does not end in time, and another worker does it', async () => {
    const started = createSignalBoard<number>();
    const worker = work(async (_event, { signal }) => {
      started.post(1);
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      return FACTS;
    });
    await write(keyOf(0, 'propose'), { facts: PROPOSED });
    await started.atLeast(1);
    await worker.drain(1);
    expect(await episodeLog.read(keyOf(0, 'fit'))).toBeUndefined();
    work(async () => FACTS);
    const fit = await slot(keyOf(0, 'fit'));
    expect([isOk(fit), fit.attempt]).toEqual([true, 2]);
  });
});
