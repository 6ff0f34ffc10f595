import { isEpisodeKey, type Slot } from '@qloom/episode-log/event-key.ts';
import type { Delivery, DurableConsumer, EpisodeLog } from '@qloom/episode-log/port.ts';
import { slotReadBy, WORKER_STAGES, type WorkerStage } from '@qloom/study/stages.ts';

/** Size of the soak, and the log. */
export interface SoakOptions {
  /** Opens one more connection to the log. */
  open(): Promise<EpisodeLog>;
  /** Connections that the workers share. */
  readonly connections: number;
  /** Stage workers, each with one event at a time; a third of them in each stage. */
  readonly workers: number;
  /** Episodes that are queued at once. */
  readonly queued: number;
  /** Waves of episodes after that, one after the other, and the episodes of a wave. */
  readonly waves: number;
  readonly episodesPerWave: number;
  /** Called after each wave, when no event is out: a simulated clock moves on here. */
  afterWave?(wave: number): void;
  /** Called when the queue is done and at the end, to measure what should not grow in between. */
  measure?(when: 'queue done' | 'waves done'): void | Promise<void>;
  progress?(text: string): void;
}

/** What happened. */
export interface SoakReport {
  readonly episodes: number;
  /** Deliveries, those that were not the first of their event, and handlers that failed on purpose. */
  readonly deliveries: number;
  readonly redeliveries: number;
  readonly failures: number;
  /** Slots that were missing at the end, and slots that a worker wrote although it had written them before. */
  readonly lost: number;
  readonly duplicates: number;
  /** Events that were out or waiting at the end. */
  readonly left: number;
  readonly queueSeconds: number;
  readonly waveSeconds: number;
}

/** Episodes of a study, as large as a study may be in practice. */
const EPISODES_OF_STUDY = 500;

/** Of so many deliveries one fails before its effect, and one after it. */
const FAILS_EVERY = 23;

/**
 * Queues episodes, lets stage workers take them through all stages, some of which fail before or after they have written their
 * slot, and counts what is lost, written twice or left over. The agent's part, the proposal, is done by the soak itself.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const logs = await Promise.all(Array.from({ length: options.connections }, () => options.open()));
  const [writer] = logs;
  await writer.createConsumers(WORKER_STAGES.map(consumerOf));
  const stop = new AbortController();
  const counts = { deliveries: 0, redeliveries: 0, failures: 0, duplicates: 0 };
  const written = new Map<string, number>();
  let wanted = 0;
  let done = Promise.withResolvers<void>();
  let left = 0;

  const handle = async (stage: WorkerStage, log: EpisodeLog, { event, attempt }: Delivery): Promise<void> => {
    if (!isEpisodeKey(event.key)) throw new Error('the stages read slots of episodes');
    const nth = ++counts.deliveries;
    if (attempt > 1) counts.redeliveries++;
    if (attempt === 1 && nth % FAILS_EVERY === 0) fail(counts);
    const { status } = await log.append({ ...event.key, slot: stage }, PAYLOAD);
    if (status === 'appended') {
      const slot = `${event.key.study}/${event.key.episode}/${stage}`;
      const times = (written.get(slot) ?? 0) + 1;
      written.set(slot, times);
      if (times > 1) counts.duplicates++;
      if (--left === 0) done.resolve();
    }
    if (attempt === 1 && nth % FAILS_EVERY === 1) fail(counts);
  };
  const consuming = Array.from({ length: options.workers }, (_, i) => {
    const stage = WORKER_STAGES[i % WORKER_STAGES.length];
    const log = logs[i % logs.length];
    const consumption = { ...consumerOf(stage), maxInFlight: 1, signal: stop.signal };
    return log.consume(consumption, (delivery) => handle(stage, log, delivery));
  });
  const queue = async (episodes: number): Promise<void> => {
    const first = wanted;
    wanted += episodes;
    left = episodes * WORKER_STAGES.length;
    done = Promise.withResolvers<void>();
    for (let from = first; from < wanted; from += 100) {
      const numbers = Array.from({ length: Math.min(100, wanted - from) }, (_, i) => from + i);
      await Promise.all(
        numbers.map((number) => writer.append({ ...keyOf(number), slot: 'propose' as const }, PAYLOAD)),
      );
    }
    await done.promise;
  };
  const startedMs = performance.now();
  await queue(options.queued);
  await settled(writer);
  const queueSeconds = (performance.now() - startedMs) / 1000;
  options.progress?.(`${options.queued} queued episodes in ${queueSeconds.toFixed(1)} s`);
  await options.measure?.('queue done');
  for (let wave = 0; wave < options.waves; wave++) {
    await queue(options.episodesPerWave);
    await settled(writer);
    options.afterWave?.(wave);
    if ((wave + 1) % 100 === 0) options.progress?.(`${wave + 1} of ${options.waves} waves`);
  }
  await options.measure?.('waves done');
  const loads = await Promise.all(WORKER_STAGES.map((stage) => writer.load(stage)));
  stop.abort();
  await Promise.all(consuming);
  const lost = await lostSlots(writer, wanted);
  await Promise.all(logs.map((log) => log.close()));
  return {
    episodes: wanted,
    ...counts,
    lost,
    left: loads.reduce((sum, { inFlight, waiting }) => sum + inFlight + waiting, 0),
    queueSeconds,
    waveSeconds: (performance.now() - startedMs) / 1000 - queueSeconds,
  };
}

/** As large as the payload of a slot of a small study. */
const PAYLOAD = new Uint8Array(600);

function fail(counts: { failures: number }): never {
  counts.failures++;
  throw new Error('fails on purpose');
}

function consumerOf(stage: WorkerStage): DurableConsumer {
  return { consumer: stage, slot: slotReadBy(stage) };
}

function keyOf(number: number): { readonly study: string; readonly episode: number } {
  return { study: `soak-${Math.floor(number / EPISODES_OF_STUDY)}`, episode: number % EPISODES_OF_STUDY };
}

/** Waits until no event is out: those that failed after their effect are delivered once more. */
async function settled(log: EpisodeLog): Promise<void> {
  for (;;) {
    const loads = await Promise.all(WORKER_STAGES.map((stage) => log.load(stage)));
    if (loads.every(({ inFlight, waiting }) => inFlight + waiting === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Number of slots of the first `episodes` episodes that are not in the log exactly once. */
async function lostSlots(log: EpisodeLog, episodes: number): Promise<number> {
  const slots: readonly Slot[] = ['propose', ...WORKER_STAGES];
  let lost = 0;
  for (let first = 0; first < episodes; first += EPISODES_OF_STUDY) {
    const { study } = keyOf(first);
    const events = await log.replay(study);
    const found = events.map(({ key }) => `${key.episode}/${key.slot}`);
    const unique = new Set(found);
    if (unique.size !== found.length) throw new Error(`study ${study}: a slot is in the log twice`);
    for (let episode = 0; episode < Math.min(EPISODES_OF_STUDY, episodes - first); episode++) {
      lost += slots.filter((slot) => !unique.has(`${episode}/${slot}`)).length;
    }
  }
  return lost;
}
