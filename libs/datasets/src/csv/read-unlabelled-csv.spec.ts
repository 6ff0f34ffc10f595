import { readUnlabelledCsv } from './read-unlabelled-csv.ts';

const featureNames = ['a', 'b'];

describe('readUnlabelledCsv', () => {
  it('finds the features by name, in the order of the study, and leaves out other columns', () => {
    const { count, features, x } = readUnlabelledCsv('id,b,a\n7,1,2\n8,3,4.5\n', { featureNames });
    expect([count, features, [...x]]).toEqual([2, 2, [2, 1, 4.5, 3]]);
  });

  it('takes the columns in order if there is no header, and decimal commas', () => {
    const read = readUnlabelledCsv('1,5;2\n3;4\n', { featureNames, decimal: ',', separator: ';' });
    expect([...read.x]).toEqual([1.5, 2, 3, 4]);
  });

  it.each([
    ['a,c\n1,2\n', "has no column 'b', a feature of the study's data; it has 'a', 'c'"],
    ['1,2,3\n4,5,6\n', "has 3 columns and no header, and the study's data has 2 features"],
    ['a,b\n1,\n', 'line 2'],
    ['a,b\n1,x\n', 'line 2'],
    ['', 'the file is empty'],
  ])('refuses %j', (text, message) => {
    expect(() => readUnlabelledCsv(text, { featureNames })).toThrow(message);
  });
});
