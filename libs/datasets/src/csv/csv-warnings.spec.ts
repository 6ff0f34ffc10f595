import { createRandom } from '@qloom/random/random.ts';
import { type CsvOptions, readCsv } from './read-csv.ts';

/** `count` rows with two features that say nothing and a label that alternates, unless `cellsOf` says otherwise. */
function table(
  header: string,
  count: number,
  cellsOf: (i: number, u: string, v: string) => readonly (string | number)[],
): string {
  const random = createRandom('warnings');
  const lines = Array.from({ length: count }, (_, i) =>
    cellsOf(i, random.uniform().toFixed(4), random.normal().toFixed(4)).join(','),
  );
  return `${[...(header === '' ? [] : [header]), ...lines].join('\n')}\n`;
}

const label = (i: number) => 'ab'[i % 2];
const sorted = (i: number) => (i < 10 ? 'a' : 'b');
const warningsOf = (text: string, options: CsvOptions = {}) => readCsv(text, options).warnings;

describe('warnings of a file', () => {
  it('are none for a plain one', () => {
    expect(warningsOf(table('u,v,c', 40, (i, u, v) => [u, v, label(i)]))).toEqual([]);
    expect(warningsOf(table('', 40, (i, u, v) => [u, v, i % 2]))).toEqual([]);
  });

  it.each([
    ['an index as pandas writes it', ',u,v,c', (i: number) => i],
    ['an index of a shuffled frame', ',u,v,c', (i: number) => (i * 7) % 20],
    ['an index of joined frames', ',u,v,c', (i: number) => i % 10],
    ['an index that was written twice', 'Unnamed: 0,u,v,c', (i: number) => i],
    ['an index that was written three times', 'Unnamed: 0.1,u,v,c', (i: number) => i],
    ['an index of names', ',u,v,c', (i: number) => `sample ${i}`],
    ['an index of times', ',u,v,c', (i: number) => `2024-01-${10 + i}`],
  ])('%s: it is left out, unless it is named as a feature', (_, header, cellOf) => {
    const text = table(header, 20, (i, u, v) => [cellOf(i), u, v, sorted(i)]);
    const data = readCsv(text);
    expect(data.featureNames).toEqual(['u', 'v']);
    expect(data.warnings).toEqual([
      'column 1 has no name and holds what numbers or names the rows, as the index that pandas writes: it is left out. Write ' +
        'the file with index=False; a column that is a feature is named in features',
    ]);
    expect(warningsOf(text, { ignore: [0] })).toEqual([]);
    expect(() => readCsv(text, { ignore: ['u', 'v'] })).toThrow(
      'the file has no feature beside its label (column 1 has no name, and is taken for an index); give at least one',
    );
    if (typeof cellOf(0) === 'number') expect(readCsv(text, { features: [0, 'u'] }).points.features).toBe(2);
  });

  const counts = (what: string) =>
    `column 1 ('t') ${what}, as row numbers, ids and clock times do: where the rows are sorted it gives the label away. Leave ` +
    'it out with ignore; name it in features where it is meant';
  it.each([
    ['row numbers', (i: number) => i, counts('changes by 1 from row to row')],
    ['row numbers as floats', (i: number) => `${i + 1}.0`, counts('changes by 1 from row to row')],
    ['Unix times', (i: number) => 1_700_000_000 + 30 * i, counts('changes by 30 from row to row')],
    ['times in decimals, downwards', (i: number) => (5 - i / 10).toFixed(1), counts('changes by -0.1 from row to row')],
    ['shuffled row numbers', (i: number) => ((i * 7) % 20) + 1, counts('holds every whole number from 1 to 20 once')],
  ])('%s: a feature that counts the rows', (_, cellOf, warning) => {
    const text = table('t,u,v,c', 20, (i, u, v) => [cellOf(i), u, v, label(i)]);
    expect(warningsOf(text)).toEqual([warning]);
    expect(warningsOf(text, { features: ['t', 'u', 'v'] })).toEqual([]);
    expect(warningsOf(text, { ignore: ['t'] })).toEqual([]);
    expect(warningsOf(text.slice(text.indexOf('\n') + 1))).toEqual([warning.replace("'t'", "'x0'")]);
  });

  it.each(['id', 'patient_id', 'sampleId', 'Serial No.'])('%s: an id by its name and values', (name) => {
    const text = table(`${name},u,v,c`, 20, (i, u, v) => [(i * 77_777) % 99_991, u, v, label(i)]);
    expect(warningsOf(text)).toEqual([
      `column 1 ('${name}') has another whole number in every row and the name of an id, which tells nothing about new points. ` +
        'Leave it out with ignore; name it in features where it is meant',
    ]);
  });

  it('an index of joined frames that became a column', () => {
    expect(warningsOf(table('index,u,v,c', 20, (i, u, v) => [i % 10, u, v, label(i)]))).toContain(
      "column 1 ('index') has whole numbers and the name of an index, which tells nothing about new points. Leave it out with " +
        'ignore; name it in features where it is meant',
    );
  });

  it('columns without a name by the dozen: no warning for each', () => {
    const text = table(`${','.repeat(40)}c`, 20, (i, u, v) => [
      ...Array.from({ length: 40 }, (_, j) => Number(u) * (j + 2) + Number(v)),
      label(i),
    ]);
    const warnings = warningsOf(text);
    expect(warnings).toHaveLength(5);
    expect(warnings[4]).toBe('36 more columns, likewise');
  });

  it('numbers beyond 2^53, with what they are read as', () => {
    const text = table('k,u,c', 20, (i, u) => [String(9007199254740993n + BigInt((i * i) % 37)), u, label(i)]);
    expect(warningsOf(text)).toEqual([
      "column 1 ('k') has whole numbers beyond 2^53, which float64 rounds: line 2 has 9007199254740993 and is read as " +
        '9007199254740992, as are 11 of 20 rows. Leave an id out with ignore',
    ]);
  });

  it.each([-9999, 999, -99, '1e30'])('%s as a code for a missing value', (code) => {
    const [text] = warningsOf(table('u,v,c', 20, (i, u) => [u, i % 5 === 1 ? code : (i % 9) / 10, label(i)]));
    expect(text).toBe(
      `column 2 ('v') is ${Number(code)} in 4 of 20 rows, and between 0 and 0.8 in the others: a code for a missing value? Fill ` +
        'these values in, or leave the rows out',
    );
  });

  it('names that are there twice: each column gets one of its own', () => {
    const data = readCsv(table('v,v,v.1,c', 20, (i, u, v) => [u, v, (i * i) % 7, label(i)]));
    expect(data.featureNames).toEqual(['v', 'v.2', 'v.1']);
    expect(data.warnings).toEqual([
      "several columns are named 'v'; one of them is called 'v.2' here. Name each column once",
    ]);
    expect(() => readCsv('v,v,c\n1,2,a\n', { ignore: ['v'] })).toThrow(
      "ignore: two columns are named 'v'; give a position",
    );
  });

  it('a column without a name, and two columns with the same values', () => {
    expect(warningsOf(table('u,,c', 20, (i, u, v) => [u, v, label(i)]))).toEqual([
      "column 2 has no name in the header; it is called 'x1' here",
    ]);
    expect(warningsOf(table('u,w,c', 20, (i, u) => [u, u, label(i)]))).toEqual([
      "columns 'u', 'w' have the same values in every row; leave all but one out with ignore",
    ]);
  });

  it.each([
    [
      'by a threshold',
      (i: number, u: string) => (i % 2) * 2 + Number(u),
      /'a' from 0\.\d+ to [01]\.?\d*, 'b' from 2\.\d+ to [23]\.?\d*/,
    ],
    ['by a code of few values', (i: number) => [3, 2, 1, 4][i % 4], /each of its 4 values has one label/],
  ])('a feature that determines the label alone, %s', (_, cellOf, how) => {
    const text = table('u,w,c', 40, (i, u, v) => [v, cellOf(i, u), label(i)]);
    const [warning, ...others] = warningsOf(text);
    expect(others).toEqual([]);
    expect(warning).toMatch(
      new RegExp(
        `^column 2 \\('w'\\) determines the label alone: ${how.source}\\. Where it was written down from the label or after`,
      ),
    );
    expect(warningsOf(text, { ignore: ['w'] })).toEqual([]);
  });

  it('many of one kind: the first four, and the number of the others', () => {
    const names = Array.from({ length: 9 }, (_, i) => `t${i}`);
    const warnings = warningsOf(
      table(`${names.join(',')},c`, 12, (i) => [...names.map((_, j) => (i + 1) * (j + 1)), label(i)]),
    );
    expect(warnings).toHaveLength(5);
    expect(warnings[3]).toMatch(/^column 4 \('t3'\) changes by 4 from row to row/);
    expect(warnings[4]).toBe('5 more columns, likewise');
  });

  it('classes that differ only in spelling, and another column that is named as a label is', () => {
    expect(warningsOf(table('u,v,c', 30, (i, u, v) => [u, v, ['Ferro', 'ferro', 'para'][i % 3]]))).toEqual([
      "classes 'Ferro', 'ferro' differ only in spelling, and are 2 classes; give one spelling",
    ]);
    expect(warningsOf(table('class,u,flag', 30, (i, u) => [(i * i) % 7, u, i % 2]))).toEqual([
      "the label is the last column, 'flag', and 'class' is a feature; label in the study file says which column is the label",
    ]);
  });
});

describe('the first row', () => {
  const settle = 'header: true or header: false in the study file settles it';
  it.each([
    [
      '0,1,2',
      'the first row (0, 1, 2) numbers the columns, as pandas does for a frame without names: it is read as a header; ',
      20,
    ],
    ['400,410,class', "the first row is read as a header, because no other row has the label 'class'; ", 20],
  ])('%s is a header that a warning names, and header settles it', (first, warning, count) => {
    const labelOf = first === '0,1,2' ? (i: number) => i % 2 : label;
    const text = table(first, 20, (i, u, v) => [u, v, labelOf(i)]);
    const data = readCsv(text);
    expect(data.points.count).toBe(count);
    expect(data.featureNames).toEqual(first.split(',').slice(0, 2));
    expect(data.warnings).toEqual([`${warning}${settle}`]);
    expect(readCsv(text, { header: true }).warnings).toEqual([]);
    expect(readCsv(text, { header: false }).points.count).toBe(21);
  });

  it('is a header where only its label is no number, beyond doubt', () => {
    expect(readCsv(table('400,410,y', 20, (i, u, v) => [u, v, i % 2]))).toMatchObject({
      featureNames: ['400', '410'],
      warnings: [],
    });
  });

  it('is a point where it may be one, with a warning', () => {
    const text = table('0,1,2', 30, (i) => [(i * i) % 7, (i * 3) % 11, i % 3]);
    const data = readCsv(text, { duplicates: 'independent' });
    expect(data.points.count).toBe(31);
    expect(data.warnings).toEqual([
      `the first row (0, 1, 2) numbers the columns, as pandas does for a frame without names, but may be a point, and is read as one; ${settle}`,
    ]);
  });

  it('is no header because it holds a value that cannot be read', () => {
    expect(() => readCsv('inf,2,a\n1,3,b\n2,4,a\n1,1,b\n')).toThrow("line 1, column 1 ('x0'): 'inf' is infinite");
    expect(() => readCsv('"1,5",2,a\n"1,6",3,b\n2,4,a\n1,1,b\n')).toThrow(
      "line 1, column 1 ('x0'): '1,5' has a decimal comma",
    );
  });
});

describe('rows with the same features', () => {
  const lines = ['u,v,c', '1.5,2,a', '1.5,2,a', '1.5,2,b'];
  const text = `${lines.join('\n')}\n${table('', 20, (i, u, v) => [u, v, label(i)])}`;
  const conflict =
    "3 of 23 rows have the features of another row and another label (such as lines 2, 3, 4: 'a', 'b'), which no classifier can " +
    'tell apart. Correct the labels, or give the feature that tells them apart; duplicates: independent takes them as ' +
    'measurements of their own';

  it('are counted, with the option that settles them', () => {
    const data = readCsv(text);
    expect(data.points.count).toBe(23);
    expect(data.warnings).toEqual([
      '1 of 23 rows is a copy of another row (such as lines 2, 3, 4). They stay on one side of every split, so that no test ' +
        'point is among the labels. duplicates in the study file settles it: drop leaves them out, together keeps them, ' +
        'independent divides them as measurements of their own',
      conflict,
    ]);
    expect(readCsv(text, { duplicates: 'together' })).toMatchObject({ points: data.points, warnings: [conflict] });
    expect(readCsv(text, { duplicates: 'independent' })).toMatchObject({ points: data.points, warnings: [] });
  });

  it('are seen behind a row number, which hides them', () => {
    const numbered = table('n,u,v,c', 20, (i, u, v) => (i < 3 ? [i, 1.5, 2, 'a'] : [i, u, v, label(i)]));
    const warnings = warningsOf(numbered);
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toBe(
      "2 of 20 rows are copies of another row (such as lines 2, 3, 4) but for 'n', and may be on both sides of a split. With that " +
        'left out by ignore they stay together',
    );
    expect(warningsOf(numbered, { ignore: ['n'] })[0]).toMatch(
      /^2 of 20 rows are copies of another row \(such as lines 2, 3, 4\)\. /,
    );
    expect(warningsOf(numbered, { features: ['n', 'u', 'v'] })).toEqual([]);
  });

  it('are left out but for the first of each label', () => {
    const data = readCsv(text, { duplicates: 'drop' });
    expect([...data.points.x.subarray(0, 4)]).toEqual([1.5, 2, 1.5, 2]);
    expect([...data.points.y.subarray(0, 2)]).toEqual([0, 1]);
    expect(data.points.count).toBe(22);
    expect(data.warnings[0]).toBe('1 of 23 rows is a copy of another row (such as lines 2, 3, 4); they are left out');
    expect(() => readCsv('1,2,a\n1,2,a\n3,4,b\n3,4,b\n5,6,b\n', { duplicates: 'drop' })).toThrow(
      'duplicates: of 5 rows 3 are left without copies, for 2 classes; at least 4 are needed',
    );
  });
});

describe('features', () => {
  const text = table('u,v,w,c', 20, (i, u, v) => [u, v, (i * i) % 7, label(i)]);
  it('are those that are named, by name or position, in the order of the file', () => {
    expect(readCsv(text, { features: ['w', 0] }).featureNames).toEqual(['u', 'w']);
  });

  it.each([
    [{ features: ['c'] }, "features: column 'c' is the label; name it in one place"],
    [{ features: ['u'], ignore: ['u'] }, "features: column 'u' is ignored; name it in one place"],
    [{ features: ['u'], group: 'u' }, "features: column 'u' is the group; name it in one place"],
    [{ features: ['z'] }, "features: there is no column 'z'; the columns are u, v, w, c"],
  ])('are refused as %j', (options, message) => {
    expect(() => readCsv(text, options)).toThrow(new Error(message));
  });
});

describe('what a warning quotes', () => {
  it('is numbers with as many digits as tell them apart, whole ones in full', () => {
    const text = table('u,t,v,c', 20, (i, u, v) => [u, 1_700_000_000 + 30 * i + (i % 3), v, sorted(i)]);
    expect(warningsOf(text)).toEqual([
      "column 2 ('t') determines the label alone: 'a' from 1700000000 to 1700000270, 'b' from 1700000301 to 1700000571. Where " +
        'it was written down from the label or after it, leave it out with ignore',
    ]);
  });

  it('is the option that takes rows with two labels as measurements', () => {
    const text = 'u,v,c\n1,2,a\n1,2,b\n3,4,a\n5,6,b\n7,9,a\n8,6,b\n';
    expect(warningsOf(text)[0]).toContain('; duplicates: independent takes them as measurements of their own');
    expect(warningsOf(text, { duplicates: 'independent' })).toEqual([]);
  });
});

it('warns of a feature that has the name of the label, until it is ignored or named by its position', () => {
  const text = table('u,c,c', 20, (i, u) => [u, i % 3, label(i)]);
  expect(warningsOf(text)).toEqual([
    "column 2 is a feature and has the name of the label, 'c'; where it is a copy, it gives the label away. Name each column " +
      'once, or leave it out with ignore and its position',
  ]);
  expect(warningsOf(text, { ignore: [1] })).toEqual([]);
});
