import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { type Origin, openRecord } from './record.ts';
import { lessIsBetter } from './row.ts';

const origin: Origin = { bench: 'qnn', processor: 'Abacus', cores: 2, memoryGiB: 8, node: '24.0.0' };
const row = (value: number) =>
  lessIsBetter({ bench: 'qnn', case: 'c', metric: 'm', value, unit: 'ms', peer: 'p', peerValue: 1 });
const open = (path: string, given: Partial<Origin> = {}) => openRecord(path, { ...origin, ...given }, '2030-01-02');

describe('a record', () => {
  let folder: TempFolder;
  let path: string;
  beforeEach(async () => {
    folder = await createTempFolder();
    path = folder.file('record');
  });
  afterEach(() => folder.remove());

  it('has what was appended, also when it is opened again', () => {
    const first = open(path);
    first.append({ parts: ['a'], rows: [row(1), row(Number.NaN)] });
    const again = open(path);
    again.append({ parts: ['b', 'c'], rows: [] });
    for (const record of [again, open(path)]) {
      expect([...record.parts]).toEqual(['a', 'b', 'c']);
      expect(record.rows).toEqual([row(1), row(Number.NaN)]);
    }
  });

  it('names the machine, its Node and the date, for every run', () => {
    open(path);
    open(path);
    const header = { run: { ...origin, date: '2030-01-02' } };
    expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(header)}\n`.repeat(2));
  });

  it('does not keep rows that only report what is missing', () => {
    open(path).append({ parts: [], rows: [row(1)] });
    expect(open(path).rows).toEqual([]);
  });

  it('truncated anywhere has only complete parts, and can be continued', () => {
    const first = open(path);
    first.append({ parts: ['a'], rows: [row(1)] });
    const kept = readFileSync(path, 'utf8').length;
    first.append({ parts: ['b'], rows: [row(2), row(3)] });
    const whole = readFileSync(path, 'utf8');
    for (let length = kept; length < whole.length - 1; length++) {
      writeFileSync(path, whole.slice(0, length));
      const cut = open(path);
      expect(cut.rows).toEqual([row(1)]);
      cut.append({ parts: ['b'], rows: [row(4)] });
      expect([...open(path).rows]).toEqual([row(1), row(4)]);
    }
  });

  it.each<[Partial<Origin>, string]>([
    [{ bench: 'compiled' }, 'this is compiled on Abacus'],
    [{ processor: 'Slide rule' }, 'this is qnn on Slide rule, 2 cores'],
    [{ node: '26.0.0' }, 'Node 26.0.0; another file is right'],
  ])('of another %j is refused', (given, message) => {
    open(path);
    expect(() => open(path, given)).toThrow(`has figures of qnn on Abacus, 2 cores, 8 GiB, Node 24.0.0, and`);
    expect(() => open(path, given)).toThrow(message);
  });

  it.each(['1,2,3', '{"row":{}}', '{"done":[]}', '17'])(
    'of a file that begins with %s is refused, not changed',
    (text) => {
      writeFileSync(path, `${text}\n`);
      expect(() => open(path)).toThrow(/line 1 of .* is none that a benchmark wrote; another file is right/);
      expect(readFileSync(path, 'utf8')).toBe(`${text}\n`);
    },
  );

  it('with a foreign line in its middle is refused', () => {
    open(path);
    appendFileSync(path, 'what?\n{"done":["a"]}\n');
    expect(() => open(path)).toThrow('line 2 of');
  });
});
