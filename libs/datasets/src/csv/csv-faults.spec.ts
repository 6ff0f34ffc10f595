import { readCsv } from './read-csv.ts';

const rows = (lines: readonly string[]) => `${lines.join('\n')}\n`;
const GOOD = ['0.5,1.5,a', '1.25,2.5,b', '0.75,3.5,a', '2.5,4.25,b', '1.5,0.5,a', '3.5,2.25,b'];
const swapped = (separator: string) => ['u,v,c', ...GOOD].map((line) => line.replaceAll(',', separator));
/** GOOD with one cell of line 4 replaced. */
const withCell = (cell: string) => rows(['u,v,c', ...GOOD.slice(0, 2), `${cell},3.5,a`, ...GOOD.slice(3)]);

describe('a field that is no number', () => {
  it.each([
    ['inf', 'is infinite; give a finite number, or leave the row out'],
    ['-Infinity', 'is infinite; give a finite number, or leave the row out'],
    ['1e400', 'is beyond the numbers that float64 holds, about ±1.8e308; write it in other units'],
    ['"1,5"', 'has a decimal comma; set decimal: ","'],
    ['"0,125"', 'has a decimal comma; set decimal: ","'],
    [
      '"1,234"',
      'has a comma; write 1234 where it separates thousands, or set decimal: "," where it is the decimal mark',
    ],
    ['"1,234.5"', 'has thousands separators; write 1234.5'],
    ['"1.234,5"', 'has thousands separators; write 1234.5'],
    ['"12,345,678"', 'has thousands separators; write 12345678'],
    ['1 234', 'has thousands separators; write 1234'],
    ['45%', 'has a percent sign; write 45 in a column of percentages'],
    ['$5', 'has a currency sign; write the number alone'],
    ['−5', 'has a dash (U+2212) in place of the minus sign -'],
    ['1.5D+03', 'has an exponent as Fortran writes it; write 1.5e+03'],
    ['(1-2j)', 'is complex; give real and imaginary part a column each'],
    ['0x1F', 'is hexadecimal; write 31'],
    ['True', "is a truth value; write 1 and 0, or name the column in 'ignore'"],
    [
      '2024-01-05 10:00',
      "is a date or a time; write it as a number, such as seconds or days, or name the column in 'ignore'",
    ],
    ['#DIV/0!', 'is an error value of a spreadsheet; give the number, or leave the row out'],
    ['-', 'stands for a missing value; fill it in, or leave the row out'],
    ['5 mV', 'has a unit; write 5 and name the unit in the header'],
    ['[1 2 3]', 'is a list; give each of its numbers a column'],
    ['1;2', 'holds ";", which may be the separator; set separator'],
    ['x3', "is not a finite number; give one, or name the column in 'ignore'"],
  ])('%s: names what it is and what would be right', (cell, fault) => {
    const text = cell.replaceAll('"', '');
    expect(() => readCsv(withCell(cell))).toThrow(new Error(`line 4, column 1 ('u'): '${text}' ${fault}`));
  });

  it('quotes a long or unprintable text in part, on one line', () => {
    expect(() => readCsv(withCell('y'.repeat(300)))).toThrow(
      `line 4, column 1 ('u'): '${'y'.repeat(200)}…' (300 characters) is not a finite number`,
    );
    expect(() => readCsv(withCell('a\u001b[2J'))).toThrow(/: 'a\\\S+\[2J' is not a finite number/);
  });

  it('is checked in an instant, however long it is', () => {
    for (const cell of ['1;'.repeat(50_000), 'a1'.repeat(50_000), '% '.repeat(50_000), '9'.repeat(50_000)]) {
      expect(() => readCsv(withCell(`"${cell}"`))).toThrow(/^line 4, column 1/);
    }
    expect(readCsv(`${'% '.repeat(2000)},v,c\n${rows(GOOD)}`).points.count).toBe(6);
    expect(() => readCsv(withCell('9'.repeat(400)))).toThrow('is beyond the numbers that float64 holds');
  });

  it.each(['na', 'NaN', '#N/A', '<NA>', 'null', '?', ''])(
    'counts the missing values of its column for "%s"',
    (cell) => {
      const text = rows(['u,v,c', `${cell},1,a`, ...GOOD, `${cell},2,b`]);
      expect(() => readCsv(text)).toThrow(
        new Error(
          "line 2, column 1 ('u'): the value is missing, as are 2 of 8 in this column; fill it in or leave the row out",
        ),
      );
    },
  );

  it('names every column that has no value at all', () => {
    const text = rows(['u,p,q,v,c', ...GOOD.map((line) => line.replace(',', ',,NA,'))]);
    expect(() => readCsv(text)).toThrow(
      new Error("column 2 ('p'): no row has a value; leave out 'p', 'q' with ignore"),
    );
  });

  it('suggests a column of repeated texts as the label', () => {
    const text = rows(['kind,u,v', ...GOOD.map((line) => line.split(',').reverse().join(','))]);
    expect(() => readCsv(text)).toThrow(
      new Error(
        "line 2, column 1 ('kind'): 'a' is not a finite number; give one, or name the column in 'ignore', or set label: " +
          "'kind' where it is the label",
      ),
    );
  });

  it('recognizes a second header line', () => {
    expect(() => readCsv(rows(['u,v,c', 'V,mA,-', ...GOOD]))).toThrow(
      "line 2, column 1 ('u'): 'V' is a text, as every feature of this line: a second header line, perhaps with units. Leave it out",
    );
  });
});

describe('rows', () => {
  it.each([
    [';', 'fields are separated by semicolons'],
    ['\t', 'fields are separated by tabs'],
    ['|', 'fields are separated by bars (|)'],
  ])('are divided at %j where that fits, with a note', (separator, note) => {
    const data = readCsv(rows(swapped(separator)));
    expect([...data.points.x.subarray(0, 4)]).toEqual([0.5, 1.5, 1.25, 2.5]);
    expect(data.notes).toEqual([note]);
  });

  it('are read with a decimal comma where the options say so, labels too', () => {
    const lines = [
      'u;v;c',
      ...GOOD.map((line, i) => `${line.slice(0, -2).replaceAll(',', ';').replaceAll('.', ',')};${i % 2},5`),
    ];
    const data = readCsv(rows(lines), { decimal: ',' });
    expect([...data.points.x.subarray(0, 4)]).toEqual([0.5, 1.5, 1.25, 2.5]);
    expect(data.classNames).toEqual(['0.5', '1.5']);
    expect(() => readCsv(rows(lines))).toThrow(
      new Error("line 2, column 1 ('u'): '0,5' has a decimal comma; set decimal: \",\""),
    );
    expect(() => readCsv(rows(['u;v;c', '1.5;2;a', '2,5;3;b']), { decimal: ',' })).toThrow(
      new Error(
        "line 2, column 1 ('u'): '1.5' has a decimal point, and decimal is \",\"; write all numbers in one way",
      ),
    );
  });

  it.each([
    [
      'fields separated by blanks',
      rows(['1.0 2.0 0', '3.0 4.0 1']),
      {},
      'the fields are separated by blanks, as numpy.savetxt writes them; write the file with commas (delimiter=",")',
    ],
    [
      'another separator than the one given',
      rows(['u,v,c', ...GOOD]),
      { separator: ';' },
      'the rows have no \';\', and commas between their fields; set separator: ","',
    ],
    [
      "R's row names",
      rows(['u,v,c', ...GOOD.map((line, i) => `r${i},${line}`)]),
      {},
      "line 2: the row has 4 columns, the first has 3; the header names one column less than the rows have, as R's write.table " +
        'writes row names: name that column in the header, or write the file with row.names = FALSE',
    ],
    [
      'decimal commas between commas',
      rows(['u,v,c', '1,5,2,5,a', '2,5,3,5,b']),
      {},
      'line 2: the row has 5 columns, the first has 3; numbers with a decimal comma divide at it; write them with a point, or ' +
        'separate the fields with semicolons',
    ],
    [
      'one decimal comma',
      rows(['u,v,c', ...GOOD, '1,5,2,a']),
      {},
      'line 8: the row has 4 columns, the first has 3; a number with a decimal comma, or a text with a comma, needs quotes',
    ],
    [
      'a comment',
      rows(['# measured on Monday', 'u,v,c', ...GOOD]),
      {},
      'line 2: the row has 3 columns, the first has 1; line 1 begins with #, as a comment; leave comments out',
    ],
    [
      'a title',
      rows(['Run 7', 'u,v,c', ...GOOD]),
      {},
      'line 2: the row has 3 columns, the first has 1; line 1 is no row of the table, but a title or a comment; leave it out',
    ],
    [
      'a file that was cut off',
      rows(['u,v,c', ...GOOD, '1.5,2']),
      {},
      'line 8: the row has 2 columns, the first has 3; it is the last line: the file may have been cut off, or ends with a note',
    ],
    [
      'an open quote',
      rows(['u,v,c', ...GOOD, '1,2,"a']),
      {},
      'line 8, column 3: the field has a quote that is never closed; close it, or double a quote inside a text',
    ],
  ])('report why they cannot be divided: %s', (_, text, options, message) => {
    expect(() => readCsv(text, options)).toThrow(new Error(message));
  });

  it("may end with a separator, with CR alone, hold quoted line ends, and begin with Excel's sep= or a # before the header", () => {
    const plain = readCsv(rows(['u,v,c', ...GOOD]));
    const trailing = readCsv(rows(['u,v,c', ...GOOD].map((line) => `${line},`)));
    expect(trailing).toEqual({
      ...plain,
      notes: ['every row ends with a separator; the empty column behind it is left out'],
    });
    expect(readCsv(rows(['u,v,c', ...GOOD.map((line) => `${line},`)])).points).toEqual(plain.points);
    expect(readCsv(rows(['u,v,c', ...GOOD]).replaceAll('\n', '\r'))).toEqual(plain);
    expect(readCsv(rows(['sep=;', ...swapped(';')]))).toEqual(plain);
    expect(readCsv(rows(['# u,v,c', ...GOOD]))).toEqual(plain);
    expect(() => readCsv(rows(['"u\nmV",v,c', ...GOOD, '1,y,a']))).toThrow("line 9, column 2 ('v'): 'y'");
  });
});

describe('a label column that holds no classes', () => {
  const labelled = (name: string, count: number, labelOf: (i: number) => string, first = 'u,v') =>
    rows([`${first},${name}`, ...Array.from({ length: count }, (_, i) => `${i % 7},${(i * 5) % 11},${labelOf(i)}`)]);
  it.each([
    [
      'a regression target',
      labelled('price', 30, (i) => String(10 + i / 3)),
      "column 3 ('price'): 30 points have 30 different labels, all of them numbers: this is a quantity (a regression target) or a " +
        'row number, and Qloom learns classes. Divide it into classes, or name another label column',
    ],
    [
      'a rounded regression target',
      labelled('price', 60, (i) => ((i % 20) / 10).toFixed(1)),
      "column 3 ('price'): 60 points have 20 different labels, all of them numbers: this is a quantity (a regression target) or a " +
        'row number, and Qloom learns classes. Divide it into classes, or name another label column',
    ],
    [
      'names',
      labelled('who', 9, (i) => `p${i}`),
      "column 3 ('who'): 9 points have 9 different labels, as names or ids have; give at least two points a class, or name " +
        'another label column',
    ],
    [
      'a feature, while another column is named as a label is',
      labelled('v', 30, (i) => String(i / 7), 'class,u'),
      "column 3 ('v'): 30 points have 30 different labels, all of them numbers: this is a quantity (a regression target) or a " +
        "row number, and Qloom learns classes. Divide it into classes, or name the label, which may be 'class', in label",
    ],
  ])('%s', (_, text, message) => {
    expect(() => readCsv(text)).toThrow(new Error(message));
  });

  it('may be so because the first line is a header of numbers', () => {
    const text = `400,410,420\n${labelled('c', 20, (i) => String(i % 2)).replace(/^.*\n/, '')}`;
    expect(() => readCsv(text, { folds: 3 })).toThrow(
      new Error(
        "line 1, column 3 ('x2'): no other row has the label '420'; set header: true where this line is a header of numbers, or " +
          'give at least 3 points of the class',
      ),
    );
    expect(readCsv(text, { folds: 3, header: true }).featureNames).toEqual(['400', '410']);
  });

  it('is distinguished from classes that are whole numbers or few decimals', () => {
    expect(readCsv(labelled('digit', 60, (i) => String(i % 25))).classNames).toHaveLength(25);
    expect(readCsv(labelled('level', 60, (i) => ((i % 4) / 2).toFixed(1))).classNames).toEqual([
      '0',
      '0.5',
      '1',
      '1.5',
    ]);
  });

  it('keeps classes apart that float64 rounds to one number', () => {
    const text = labelled('id', 20, (i) => (i % 2 ? '9007199254740993' : '9007199254740992'));
    expect(readCsv(text).classNames).toEqual(['9007199254740992', '9007199254740993']);
  });
});

it('a feature whose numbers float64 cannot distinguish is not reported as constant', () => {
  const text = rows(['id,v,c', ...[0, 1, 2, 3].map((i) => `${2n ** 60n + BigInt(i)},${i * i},${'ab'[i % 2]}`)]);
  expect(() => readCsv(text)).toThrow(
    "column 1 ('id') has 4 different numbers that float64 cannot tell apart: all are 1152921504606847000 to it. Subtract what " +
      'they have in common, or leave the column out with ignore',
  );
  expect(readCsv(text, { ignore: ['id'] }).featureNames).toEqual(['v']);
});

it.each([':', '~', '^'])('fields with %j between them: the separator is named', (separator) => {
  expect(() => readCsv(rows(swapped(separator)))).toThrow(
    `the rows have no ',', and "${separator}" between their fields; set separator: "${separator}"`,
  );
  expect(readCsv(rows(swapped(separator)), { separator }).points.features).toBe(2);
});

it('whole numbers of which some are rare are reported as a possible regression target', () => {
  const lines = Array.from({ length: 60 }, (_, i) => `${(i * 7) % 11}.5,${(i * 5) % 13}.5,${(i * i) % 59}`);
  expect(() => readCsv(rows(['u,v,c', ...lines]), { folds: 3 })).toThrow(
    /^folds: class .* needs? .*; the 30 different labels are all numbers, and may be a quantity \(a regression target\)/,
  );
});
