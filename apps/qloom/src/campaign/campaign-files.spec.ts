import { writeFileSync } from 'node:fs';
import { AskedPoint, Campaign, CampaignPoint, PointState } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import fc from 'fast-check';
import { campaignText } from './campaign-text.ts';
import { askedCsv, labelledCsv } from './points-csv.ts';
import { outcomeOf, readAnswers } from './read-answers.ts';
import { readCosts, readPool } from './read-pool.ts';

let folder: TempFolder;
beforeAll(async () => {
  folder = await createTempFolder();
});
afterAll(() => folder.remove());

function poolFile(text: string): string {
  const path = folder.file('pool.csv');
  writeFileSync(path, text);
  return path;
}

describe('a file of points', () => {
  it('has every column but the ignored ones as features, in float64', () => {
    const { featureNames, x } = readPool(poolFile('id;field;κ\n1;0.1;1e-30\n2;-3;4\n'), ['id']);
    expect(featureNames).toEqual(['field', 'κ']);
    expect([...x]).toEqual([0.1, 1e-30, -3, 4]);
  });

  it.each([
    ['a,b\n1,2\n', ['c'], '--ignore: FILE has no column "c"; it has a, b'],
    ['1,2\n3,4\n', [], 'FILE:1: "1" is no name of a column; the first line must name the features'],
    ['a,label\n1,x\n', [], 'FILE:1: column "label" has the name of a column of answers'],
    ['a,b\n1,x\n', [], 'FILE:2: '],
    ['', [], 'FILE: the file is empty'],
  ])('%j is refused', (text, ignored, message) => {
    const path = poolFile(text);
    expect(() => readPool(path, ignored)).toThrow(message.replace('FILE', path));
  });
});

describe('a column of prices', () => {
  it('is read beside the features', () => {
    const path = poolFile('x,hours\n1,0.5\n2,3\n');
    expect([...readCosts(path, 'hours').x]).toEqual([0.5, 3]);
    expect(readPool(path, ['hours']).featureNames).toEqual(['x']);
  });

  it.each([
    ['hours', '--cost: FILE has no column "hours"; it has x, cost'],
    ['cost', '--cost: FILE: "cost" of point p1 is 0; a number above 0 is right'],
  ])('%s is refused', (column, message) => {
    const path = poolFile('x,cost\n1,0.5\n2,0\n');
    expect(() => readCosts(path, column)).toThrow(message.replace('FILE', path));
  });
});

describe('a file of answers', () => {
  it('is one of points, with labels filled in', () => {
    const text = fc
      .string({ minLength: 1, maxLength: 12 })
      .filter((one) => one.trim() === one && !/[\r\n\0]/.test(one));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.option(text)), { minLength: 1 }),
        (rows) => {
          const points = rows.map(([value], i) => AskedPoint.fromPartial({ point: `p${i}`, features: [value, 1] }));
          const lines = askedCsv(['field, T', 'b'], points).trimEnd().split('\n');
          const filled = lines.map((line, i) => {
            const label = i === 0 ? null : rows[i - 1][1];
            return label === null ? line : line.replace(/,,,,,$/, () => `,"${label.replaceAll('"', '""')}",,,,`);
          });
          const { answers, open } = readAnswers('a.csv', `${filled.join('\r\n')}\r\n`, false);
          const wanted = rows.flatMap(([, label], i) => (label === null ? [] : [[`p${i}`, label]]));
          expect(answers.map(({ point, outcome }) => [point, outcome?.value])).toEqual(wanted);
          expect(open).toBe(rows.length - wanted.length);
        },
      ),
    );
  });

  it('has how a label was found, and its line', () => {
    const text = 'label,point,shots,measured_at,backend,job\n\nhigh,p3,4000,2026-11-30T14:05:00Z,fridge 2,81\n';
    expect(readAnswers('a.csv', text, true)).toMatchObject({
      lines: [3],
      answers: [
        {
          point: 'p3',
          correction: true,
          provenance: {
            shots: 4000,
            backend: 'fridge 2',
            job: '81',
            measuredAt: new Date(Date.UTC(2026, 10, 30, 14, 5)),
          },
        },
      ],
    });
  });

  it.each([
    ['point,class\np1,a\n', 'a.csv:1: has no column label; it has point, class'],
    ['', 'a.csv:1: has no column point; it has none'],
    ['point,label,shots\np1,a,many\n', 'a.csv:2: shots: "many" is no whole number'],
    ['point,label,measured_at\np1,a,noon\n', 'a.csv:2: measured_at: "noon" is no time'],
    ['point,label\np1,"a\n', 'a.csv:2: '],
  ])('%j is refused', (text, message) => {
    expect(() => readAnswers('a.csv', text, false)).toThrow(message);
  });

  it('may give points back or exclude them', () => {
    expect(outcomeOf(['p1'], 'withdrawn', false)).toMatchObject([{ point: 'p1', outcome: { $case: 'withdrawn' } }]);
  });
});

describe('labelled points', () => {
  it('are those with a label, each with who told it and how it was found', () => {
    const told = new Date(Date.UTC(2026, 10, 30));
    const point = CampaignPoint.fromPartial({
      asked: { point: 'p1', features: [0.5] },
      state: PointState.LABELLED,
      label: 'a "b"',
      teller: 'ann',
      tellTime: told,
      provenance: { shots: 16, backend: 'x', calibration: 'x-7', margin: 0.5 },
    });
    const pending = CampaignPoint.fromPartial({ asked: { point: 'p2', features: [1] }, state: PointState.PENDING });
    expect(labelledCsv(['field'], [point, pending])).toBe(
      'point,field,label,told_by,told_at,measured_at,backend,job,shots,calibration,margin,margin_error\n' +
        'p1,0.5,"a ""b""",ann,2026-11-30T00:00:00.000Z,,x,,16,x-7,0.5,\n',
    );
  });
});

describe('the state of a campaign', () => {
  it('says by what the policy agent decided', () => {
    const campaign = Campaign.fromPartial({
      id: 'phases',
      settings: { budget: 20, classNames: ['a', 'b'], synthesis: 'prior' },
      rounds: [
        {
          labels: 8,
          expectedError: 0.1,
          acquisition: 'core-set',
          synthesisGain: { real: 0.875, augmented: 0.75, standardError: 0.0625 },
        },
      ],
    });
    expect(campaignText(campaign)).toContain(
      'points of prior change the accuracy from 87.5% to 75.0% (standard error 6.3%): they are left out, and labels are chosen by core-set\n',
    );
  });

  it('says what is told, what is out, and whether to go on', () => {
    const campaign = Campaign.fromPartial({
      id: 'phases',
      settings: { budget: 20, classNames: ['a', 'b'], synthesis: 'prior' },
      labelled: 3,
      pending: 1,
      classCounts: [2, 1],
      rounds: [{ labels: 3, expectedError: 0.0925, synthetic: 24 }],
      advice: { stop: true, expectedGain: 0.1, price: 4 },
    });
    expect(campaignText(campaign)).toBe(
      'phases: 3 of 20 labels told (a 2, b 1), 1 point handed out\n' +
        'with 3 labels and 24 points of prior the committee expects to be wrong on 9.3% of the pool\n' +
        'the next batch is expected to gain 0.10 points for 4: more labels are not worth their price: stop here\n',
    );
  });
});
