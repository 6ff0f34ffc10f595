import picocolors from 'picocolors';
import { bar, renderWaterfall } from '../summary/waterfall-text.ts';
import { makeStudySpans } from '../testing/study-spans.ts';
import type { KeptSpan } from './kept-span.ts';
import { spansOfEpisode, waterfallRows } from './waterfall.ts';

const PLAIN = picocolors.createColors(false);

function span(spanId: string, startMs: number, endMs: number, more: Partial<KeptSpan> = {}): KeptSpan {
  return {
    traceId: 't',
    spanId,
    name: spanId,
    kind: 'internal',
    service: 'qloom.toy',
    startMs,
    endMs,
    status: 'unset',
    attributes: {},
    ...more,
  };
}

describe('the waterfall', () => {
  it('puts children under their parent, in the order of their start, whatever the order of arrival', () => {
    const rows = waterfallRows([
      span('b', 30, 40, { parentSpanId: 'root' }),
      span('a1', 12, 18, { parentSpanId: 'a' }),
      span('root', 0, 100),
      span('a', 10, 20, { parentSpanId: 'root' }),
      span('stray', 5, 6, { parentSpanId: 'lost' }),
    ]);
    expect(rows.map((row) => [row.span.spanId, row.depth, row.offsetMs])).toEqual([
      ['root', 0, 0],
      ['a', 1, 10],
      ['a1', 2, 12],
      ['b', 1, 30],
      ['stray', 0, 5],
    ]);
  });

  it('draws names, services, times and bars; a failed span says why', () => {
    const rows = waterfallRows([
      span('propose', 0, 50),
      span('fit', 50, 1050, {
        parentSpanId: 'propose',
        service: 'qloom.generator',
        status: 'error',
        statusMessage: 'NaN',
      }),
      span('qloom.generator.v1.GeneratorService/Fit', 100, 1000, { parentSpanId: 'fit' }),
    ]);
    expect(renderWaterfall(rows, PLAIN, 80)).toBe(
      [
        'propose                   toy             50 ms  █▌',
        '  fit                     generator       1.0 s   █████████████████████████████▌ NaN',
        '    GeneratorService/Fit  toy            900 ms    ██████████████████████████▋',
      ]
        .join('\n')
        .replace(/$/, '\n'),
    );
  });

  it('takes all spans of the traces of an episode, calls without its number too', () => {
    const spans = makeStudySpans(4);
    const own = spansOfEpisode(spans, 2);
    expect(own).toHaveLength(spans.length / 4);
    expect(own.some((one) => one.attributes['qloom.episode'] === undefined)).toBe(true);
    expect(new Set(own.map((one) => one.traceId)).size).toBe(1);
  });
});

describe('bar', () => {
  it.each([
    [0, 1, '██████████'],
    [0.5, 0.25, '     ██▌'],
    [0.95, 0.001, '         ▏'],
    [1, 0, '         ▏'],
  ])('from %d of length %d is %j', (start, share, drawn) => {
    expect(bar(start, share, 10)).toBe(drawn);
  });
});
