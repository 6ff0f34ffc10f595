import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadStudyFile, parseStudyFile } from '../study-file/load-study-file.ts';
import { readStudyCsv } from './put-csv.ts';
import { csvHash } from './study-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'qloom-csv-'));
const rows = (lines: string[]): string => `a,b,kind\n${lines.join('\n')}\n`;
const GOOD = ['1,2,x', '2,3,y', '3,1,x', '4,4,y', '5,0,x', '6,9,y'];

function study(csv: string | Uint8Array, fields = ''): ReturnType<typeof parseStudyFile> {
  writeFileSync(join(folder, 'data.csv'), csv);
  return parseStudyFile(join(folder, 'study.yaml'), `folds: 3\ndata:\n  csv: data.csv\n${fields}`);
}

describe('the CSV of a study', () => {
  it('is read relative to the study file', async () => {
    const path = fileURLToPath(new URL('../../../../examples/own-data.yaml', import.meta.url));
    const data = await readStudyCsv(await loadStudyFile(path));
    expect(data?.featureNames).toEqual(['x', 'y']);
    expect(data?.classNames).toEqual(['inner', 'outer']);
    expect(data?.points.count).toBe(120);
  });

  it('takes the label by position and leaves columns out', async () => {
    const data = await readStudyCsv(study(rows(GOOD), '  label: -1\n  ignore: [b]\n'));
    expect(data?.featureNames).toEqual(['a']);
  });

  it('names the line of a missing value', async () => {
    await expect(readStudyCsv(study(rows(['1,2,x', '2,,y', ...GOOD])))).rejects.toThrow(
      /^data\.csv:3: line 3, column 2 \('b'\): the value is missing/,
    );
  });

  it("names the study file's line where a column is not there", async () => {
    await expect(readStudyCsv(study(rows(GOOD), '  label: kinds\n'))).rejects.toThrow(
      /study\.yaml:4: data\.label: .*kinds/,
    );
  });

  it.each([
    ['one class only', GOOD.map((line) => line.replace('y', 'x')), 'at least two classes'],
    ['a constant feature', GOOD.map((line) => line.replace(/^\d/, '1')), "'a') has the same value"],
    ['fewer points of a class than folds', ['1,2,x', '2,3,y', '3,1,x', '4,4,y', '5,0,x', '6,9,x'], '3'],
  ])('refuses %s', async (_name, lines, message) => {
    await expect(readStudyCsv(study(rows(lines)))).rejects.toThrow(message);
  });

  it.each([
    ['features: [a, z]', "study.yaml:4: data.features: there is no column 'z'; the columns are a, b, kind"],
    ['features: [a, kind]', "study.yaml:4: data.features: column 'kind' is the label; name it in one place"],
    ['ignore: [c]', "study.yaml:4: data.ignore: there is no column 'c'; the columns are a, b, kind"],
  ])('names the line of %s in the study file', async (field, message) => {
    await expect(readStudyCsv(study(rows(GOOD), `  ${field}\n`))).rejects.toThrow(message);
  });

  it.each([
    [
      'Parquet',
      Buffer.from('PAR1\x15'),
      'data.csv: the file is a Parquet file; write it with pandas.read_parquet(path)',
    ],
    ['a missing separator', rows(GOOD).replaceAll(',', ' '), 'data.csv: the fields are separated by blanks'],
    ['Latin-1', Buffer.from(rows(['1,2,\xe4', ...GOOD]), 'latin1'), 'data.csv:2: line 2: byte 0xE4 is no UTF-8'],
    [
      'a decimal comma',
      rows(GOOD).replaceAll(',', ';').replace('5;0', '0,5;0'),
      "data.csv:6: line 6, column 1 ('a'): '0,5' has a decimal comma",
    ],
    [
      'a regression target',
      rows(GOOD.map((line, i) => `${line.slice(0, -1)}${i / 7}`)),
      "data.csv: column 3 ('kind'): 6 points have 6 different labels, all of them numbers",
    ],
  ])('names the kind of file: %s', async (_name, csv, message) => {
    await expect(readStudyCsv(study(csv))).rejects.toThrow(message);
  });

  it('is read as UTF-16, with semicolons and decimal commas, with notes', async () => {
    const text = rows(['0,5;2;x', '1,5;3;y', '3;1;x', '4;4;y', '5;0;x', '6;9;y']).replace('a,b,kind', 'a;b;kind');
    const data = await readStudyCsv(study(Buffer.from(`\uFEFF${text}`, 'utf16le'), '  decimal: ","\n'));
    expect(data?.points.x[0]).toBe(0.5);
    expect(data?.notes).toEqual(['the file is read as UTF-16LE', 'fields are separated by semicolons']);
  });

  it('reports a missing file, with the line', async () => {
    const loaded = parseStudyFile(join(folder, 's.yaml'), 'seed: 1\ndata:\n  csv: none.csv\n');
    await expect(csvHash(loaded)).rejects.toThrow('s.yaml:3: data.csv: none.csv is not there');
  });
});
