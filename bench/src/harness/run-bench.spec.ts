import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import type { Bench } from './bench.ts';
import { openRecord } from './record.ts';
import { lessIsBetter } from './row.ts';
import { runBench } from './run-bench.ts';

const options = { full: false, only: new Map() };
const row = (part: string, peerValue: number) =>
  lessIsBetter({ bench: 'b', case: part, metric: 'time', value: 1, unit: 'ms', peer: 'p', peerValue });
/** Parts a, b and c, of which c cannot be measured; each says its name. `run` fails after `until` parts. */
function bench(until = 9): Bench {
  const ratios = new Map([
    ['a', 4],
    ['b', 2],
  ]);
  return {
    description: 'test',
    parts: () => ['a', 'b', 'c'],
    async *run(progress, _, wanted) {
      let count = 0;
      for (const [part, ratio] of ratios) {
        if (!wanted.has(part)) continue;
        if (count++ === until) throw new Error('cut off');
        progress(`measuring ${part}`);
        yield { parts: [part], rows: [row(part, ratio)] };
      }
      yield { parts: [], rows: [row('c', Number.NaN)] };
    },
  };
}

function output(json: boolean) {
  const lines: string[] = [];
  const words: string[] = [];
  return { json, lines, words, print: (line: string) => lines.push(line), say: (word: string) => words.push(word) };
}

describe('runBench', () => {
  let folder: TempFolder;
  beforeEach(async () => {
    folder = await createTempFolder();
  });
  afterEach(() => folder.remove());
  const record = () => {
    const origin = { bench: 'b', processor: 'Abacus', cores: 2, memoryGiB: 8, node: '24.0.0' };
    return openRecord(folder.file('record'), origin, '2030-01-02');
  };

  it('prints rows as they are measured, then the summary and what is missing', async () => {
    const out = output(false);
    await runBench(bench(), options, undefined, out);
    expect(out.lines.map((line) => line.split('\n').slice(1).join())).toMatchObject([
      expect.stringMatching(/^a +time .* 4×,$/),
      expect.stringMatching(/^b +time .* 2×,$/),
      expect.stringMatching(/^c +time .* –,$/),
      expect.stringMatching(/^time +p +2× +b +3× +2,,Not measured: c$/),
    ]);
  });

  it('prints one JSON object a row, and the summary apart', async () => {
    const out = output(true);
    await runBench(bench(), options, undefined, out);
    expect(out.lines.map((line) => JSON.parse(line).case)).toEqual(['a', 'b', 'c']);
    expect(out.words.at(-1)).toContain('Not measured: c');
  });

  it('continues an interrupted record with its missing parts, and summarizes all of it', async () => {
    await expect(runBench(bench(1), options, record(), output(true))).rejects.toThrow('cut off');
    const out = output(true);
    await runBench(bench(), options, record(), out);
    expect(out.words[0]).toBe('measuring b');
    expect(out.words.at(-1)).toMatch(/time +p +2× +b +3× +2\n/);
  });

  it('measures nothing if the record is complete', async () => {
    const all = record();
    all.append({ parts: ['a', 'b', 'c'], rows: [row('a', 4)] });
    const out = output(false);
    await runBench({ ...bench(), run: () => fail('nothing is to be run') }, options, all, out);
    expect([out.lines, out.words]).toEqual([[], []]);
  });
});

function fail(message: string): never {
  throw new Error(message);
}
