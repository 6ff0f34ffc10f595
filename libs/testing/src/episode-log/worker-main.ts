// A process of its own for the log's contract suite: does what its first argument says with the log at its second, and
// prints what happened on stdout, one JSON object a line. Started with node, killed by the suite.
import { writeSync } from 'node:fs';
import { isEpisodeKey } from '@qloom/episode-log/event-key.ts';
import { openEpisodeLog } from '@qloom/episode-log/open-log.ts';

const [task, url, ...rest] = process.argv.slice(2);
const say = (what: object): void => {
  writeSync(1, `${JSON.stringify(what)}\n`);
};
const log = await openEpisodeLog(url, { warn: () => {} });
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

if (task === 'race') {
  // race <study> <episodes>: tries to write every episode's `propose`, on a signal.
  const [study, episodes] = rest;
  say({ ready: true });
  await new Promise((resolve) => process.stdin.once('data', resolve));
  const won: number[] = [];
  for (let episode = 0; episode < Number(episodes); episode++) {
    const mine = Buffer.from(String(process.pid));
    const { status } = await log.append({ study, episode, slot: 'propose' }, mine, {});
    if (status === 'appended') won.push(episode);
  }
  say({ won });
  process.stdin.destroy();
} else if (task === 'stall') {
  // stall <consumer> [lease in ms]: takes an event and never settles it.
  const [consumer, lease] = rest;
  const leaseMs = lease === undefined ? undefined : Number(lease);
  await log.consume({ consumer, slot: 'propose', maxInFlight: 1, leaseMs, signal: stop.signal }, async (delivery) => {
    say({ delivered: delivery.event.key, attempt: delivery.attempt });
    await new Promise<void>((resolve) => delivery.signal.addEventListener('abort', () => resolve()));
    say({ lost: delivery.event.key });
    stop.abort();
  });
} else if (task === 'stage') {
  // stage <consumer> <pause>: propose → effect → fit; with `pause` it prints a line after the effect, and waits to be
  // killed.
  const [consumer, pause] = rest;
  await log.consume({ consumer, slot: 'propose', maxInFlight: 1, signal: stop.signal }, async (delivery) => {
    const { key } = delivery.event;
    if (!isEpisodeKey(key)) throw new Error('propose belongs to an episode');
    say({ effect: key, attempt: delivery.attempt });
    if (pause === 'pause') await new Promise(() => setInterval(() => {}, 1000));
    const { status } = await log.append({ ...key, slot: 'fit' as const }, Buffer.from(String(process.pid)), {});
    say({ wrote: key, status });
  });
} else if (task === 'abandon') {
  // abandon <study>: reads one event of a watch and closes the log. The process must end by itself.
  const [study] = rest;
  await log.append({ study, slot: 'create' }, new Uint8Array(0), {});
  await log.watch(study, { signal: stop.signal })[Symbol.asyncIterator]().next();
  await log.close();
  say({ closed: true });
  process.stdin.destroy();
} else if (task === 'echo') {
  // echo <consumer>: prints the time of each event, for the measurement of latency.
  const [consumer] = rest;
  say({ ready: true });
  await log.consume({ consumer, slot: 'propose', maxInFlight: 1, signal: stop.signal }, async (delivery) => {
    const { key } = delivery.event;
    if (!isEpisodeKey(key)) throw new Error('propose belongs to an episode');
    await log.append(
      { ...key, slot: 'fit' as const },
      Buffer.from(String(performance.timeOrigin + performance.now())),
      {},
    );
  });
}
await log.close();
