import { existsSync, readFileSync } from 'node:fs';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import fc from 'fast-check';
import { SOURCE_UNITS, toFeatureUnits } from '../preprocessing/feature-units.ts';
import { readCsv } from './read-csv.ts';
import { writeCsv } from './write-csv.ts';

describe('readCsv', () => {
  it('reads a file without header, label last, as published', () => {
    const { points, classNames, featureNames } = readCsv('0.5,1e-1,-1.0e+00\n-2,.25,1\n0,1,-1\n3,4,1\n');
    expect(points).toMatchObject({ count: 4, features: 2, classes: 2 });
    expect([...points.x]).toEqual([0.5, 0.1, -2, 0.25, 0, 1, 3, 4]);
    expect([...points.y]).toEqual([0, 1, 0, 1]);
    expect(classNames).toEqual(['-1', '1']);
    expect(featureNames).toEqual(['x0', 'x1']);
  });

  it('reads header, CRLF, quotes, text labels, a group column, a byte order mark and a missing last line end', () => {
    const text =
      '\uFEFFsite,"phase, true",a,b\r\nnorth,"ferro ""F""",1,2\r\nsouth,para,3,4\r\n\r\nnorth,para,5,6\r\nnorth,"ferro ""F""",7,8';
    const data = readCsv(text, { label: 'phase, true', group: 'site' });
    expect(data.featureNames).toEqual(['a', 'b']);
    expect(data.classNames).toEqual(['ferro "F"', 'para']);
    expect(data.groupNames).toEqual(['north', 'south']);
    expect([...data.points.y]).toEqual([0, 1, 1, 0]);
    expect([...(data.points.group ?? [])]).toEqual([0, 1, 0, 0]);
  });

  it('takes the label by position, and orders numeric labels by value', () => {
    const { classNames, points } = readCsv('10,1\n9,2\n10,3\n9,4\n', { label: 0 });
    expect(classNames).toEqual(['9', '10']);
    expect([...points.y]).toEqual([1, 0, 1, 0]);
  });

  it('distinguishes a header from data by a cell that is no number', () => {
    expect(readCsv('u,v,c\n1,2,a\n2,3,b\n1,1,a\n2,2,b\n').points.count).toBe(4);
    expect(readCsv('1,2,a\n2,3,b\n1,1,a\n2,2,b\n').points.count).toBe(4);
  });

  it('requires the classes of the training file in a test file', () => {
    const test = readCsv('1,2,b\n1,3,b\n', { classNames: ['a', 'b', 'c'] });
    expect(test.points).toMatchObject({ classes: 3, features: 2 });
    expect([...test.points.y]).toEqual([1, 1]);
    expect(() => readCsv('1,2,b\n1,3,d\n', { classNames: ['a', 'b'] })).toThrow(
      "line 2, column 3 ('x2'): label 'd' is none of a, b",
    );
  });

  it('drops constant features with dropConstant, and names them', () => {
    const text = 'u,v,c\n1,7,a\n2,7,b\n3,7,a\n4,7,b\n';
    expect(() => readCsv(text)).toThrow("column 2 ('v') has the same value, 7, in every row");
    const data = readCsv(text, { dropConstant: true });
    expect(data).toMatchObject({ featureNames: ['u'], dropped: ['v'] });
    expect([...data.points.x]).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ['a missing value', 'u,v,c\n1,,a\n2,3,b\n', {}, "line 2, column 2 ('v'): the value is missing"],
    ['NaN', 'u,v,c\n1,2,a\nnan,3,b\n', {}, "line 3, column 1 ('u'): the value is missing"],
    ['a missing label', 'u,v,c\n1,2,\n2,3,b\n', {}, "line 2, column 3 ('c'): the value is missing"],
    ['a text', 'u,v,c\n1,2,a\n2,x3,b\n', {}, "line 3, column 2 ('v'): 'x3' is not a finite number"],
    ['ragged rows', '1,2,0\n1,3\n', {}, 'line 2: the row has 2 columns, the first has 3'],
    ['one class only', '1,2,0\n3,4,0\n', {}, "column 3 ('x2'): every label is '0'; there must be at least two classes"],
    ['fewer points than classes', '1,2,a\n3,4,b\n5,6,c\n', {}, '3 points have 3 different labels'],
    [
      'too few for the folds',
      '1,2,a\n3,4,b\n5,6,a\n7,8,b\n',
      { folds: 3 },
      "class 'a' has 2 of 4 points; 3 folds need at least 3",
    ],
    [
      'an unknown column',
      'u,v,c\n1,2,a\n',
      { label: 'phase' },
      "label: there is no column 'phase'; the columns are u, v, c",
    ],
    ['a position out of range', '1,2,0\n', { label: 3 }, 'label: there is no column 3; positions are 0 … 2'],
    ['label as group', 'u,c\n1,a\n', { group: 'c' }, "group: column 'c' is the label"],
    ['an open quote', '1,2,"a\n', {}, 'line 1, column 3: the field has a quote that is never closed'],
    ['text after a quote', '1,2,"a"b\n', {}, 'line 1, column 3: the field has text after its closing quote'],
    ['an empty file', '\n\n', {}, 'the file is empty'],
    ['a header alone', 'u,v\n', { label: 'v' }, 'the file has a header and no points'],
    ['no feature', 'c\na\nb\n', { label: 'c' }, 'the file has no feature beside its label'],
  ])('refuses %s', (_, text, options, message) => {
    expect(() => readCsv(text, options)).toThrow(message);
  });

  it('keeps the position in the error', () => {
    expect(() => readCsv('1,2,0\n1,oops,1\n')).toThrow(
      expect.objectContaining({ name: 'DatasetError', line: 2, column: 2 }),
    );
  });
});

describe('writeCsv', () => {
  it('is read back by readCsv bit for bit, whatever the names', () => {
    const name = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !text.includes('\u0000'));
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.float({ noNaN: true, noDefaultInfinity: true }),
            fc.float({ noNaN: true, noDefaultInfinity: true }),
          ),
          { minLength: 4, maxLength: 9 },
        ),
        fc.uniqueArray(name, { minLength: 2, maxLength: 2 }),
        (rows, texts) => {
          const classNames = texts.map((text) => `c${text}`).sort();
          const points: Points = {
            count: rows.length,
            features: 2,
            classes: 2,
            x: Float32Array.from(rows.flat(), (v) => (v === 0 ? 0 : v)),
            y: Int32Array.from(rows, (_, i) => i % 2),
            group: Int32Array.from(rows, (_, i) => (i >> 1) % 2),
          };
          const text = writeCsv(points, { featureNames: ['Z3', 'X3,X4'], classNames, groupNames: ['g', 'h"'] });
          const back = readCsv(text, { label: -1, group: 'group', classNames });
          expect(toFeatureUnits(back.points, SOURCE_UNITS)).toEqual(points);
          expect(back.featureNames).toEqual(['Z3', 'X3,X4']);
        },
      ),
    );
  });

  it('has a header and short numbers', () => {
    const points: Points = { count: 1, features: 2, classes: 1, x: Float32Array.of(0.1, -0.875), y: Int32Array.of(0) };
    expect(writeCsv(points, { featureNames: ['Z0', 'X0X1'], classNames: ['ferro'] })).toBe(
      'Z0,X0X1,label\n0.1,-0.875,ferro\n',
    );
    expect(() => writeCsv(points, { featureNames: ['Z0'], classNames: ['ferro'] })).toThrow(
      '1 feature and 1 class names for 2',
    );
  });
});

const PUBLISHED = new URL('../../../../../shared/data/qml-benchmarks/', import.meta.url);
const present = existsSync(PUBLISHED);
if (!present) console.warn('skipped: ../shared/data is absent, so the published files are not read');

(present ? describe : describe.skip)('the published files', () => {
  it.each(['hidden_manifold-6manifold-10d', 'two_curves-5degree-0.1offset-10d'])('%s', (name) => {
    const read = (part: string, options = {}) =>
      readCsv(readFileSync(new URL(`${name}_${part}.csv`, PUBLISHED), 'utf8'), options);
    const training = read('train', { folds: 5 });
    expect(training.points).toMatchObject({ count: 240, features: 10, classes: 2 });
    expect(training.classNames).toEqual(['-1', '1']);
    expect(Math.min(...classCounts(training.points))).toBeGreaterThan(90);
    expect(read('test', { classNames: training.classNames }).points).toMatchObject({
      count: 60,
      features: 10,
      classes: 2,
    });
  });
});
