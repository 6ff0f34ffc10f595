import { createRandom } from '@qloom/random/random.ts';
import type { KeptSpan } from '../telemetry/kept-span.ts';

/** Made-up spans of a study: one trace an episode with its five stages, steps inside them and a call between. */
export function makeStudySpans(episodes: number): KeptSpan[] {
  const random = createRandom('study-spans-fixture');
  const spans: KeptSpan[] = [];
  let clock = Date.parse('2026-03-02T09:00:05Z');
  for (let episode = 0; episode < episodes; episode++) {
    const traceId = episode.toString(16).padStart(32, '0');
    let next = 0;
    const add = (
      name: string,
      service: string,
      startMs: number,
      ms: number,
      parent?: string,
      custom = true,
      waitMs?: number,
    ): string => {
      const spanId = `${episode.toString(16).padStart(8, '0')}${(next++).toString(16).padStart(8, '0')}`;
      const ids = { 'qloom.stage': name, 'qloom.study': 'quickstart', 'qloom.episode': episode, 'qloom.outcome': 'ok' };
      const waited = waitMs === undefined ? {} : { 'qloom.stage.queue_wait': waitMs / 1000 };
      const attributes = custom ? { ...ids, ...waited } : { 'rpc.method': name };
      spans.push({
        traceId,
        spanId,
        ...(parent === undefined ? {} : { parentSpanId: parent }),
        name,
        kind: custom ? (parent === undefined ? 'producer' : 'consumer') : 'client',
        service: `qloom.${service}`,
        startMs,
        endMs: startMs + ms,
        status: 'unset',
        attributes,
      });
      return spanId;
    };
    const fitMs = 1800 + 1500 * random.uniform();
    const propose = add('propose', 'agent', clock, 12);
    const fitStart = clock + 20 + 300 * random.uniform();
    const fit = add('fit', 'generator', fitStart, fitMs, propose, true, fitStart - clock - 12);
    const call = add('qloom.generator.v1.GeneratorService/Fit', 'generator', fitStart + 4, fitMs - 9, fit, false);
    add('critique', 'discriminator', fitStart + 30, fitMs - 60, call);
    const judged = fitStart + fitMs + 8;
    const assess = add('assess', 'discriminator', judged, 420 + 120 * random.uniform(), fit, true, 8);
    add('sample', 'generator', judged + 5, 60, assess);
    const evaluateMs = 700 + 200 * random.uniform();
    const evaluate = add('evaluate', 'qnn-sim', judged + 3, evaluateMs, fit, true, 11);
    add('train-qnn', 'qnn-sim', judged + 80, evaluateMs - 100, evaluate);
    add('reward', 'agent', judged + evaluateMs + 12, 6, evaluate, true, 9);
    clock += fitMs * 0.8;
  }
  return spans;
}
