import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { portfolioText } from './choices.ts';

const textOf = (...choices: object[]) =>
  portfolioText(StudyResult.fromPartial({ portfolio: { arm: 'qloom', reason: 'It is the default.', choices } }));

describe('portfolioText', () => {
  it('says on how many replicates the method was added', () => {
    expect(textOf({ adds: true }, { adds: false, qnnScore: 0.6 })).toBe(
      'The portfolio took the method of arm qloom, added on 1 of 2 replicates. It is the default.',
    );
  });

  it('counts replicates with points of another method apart, with the scores behind them', () => {
    const text = textOf(
      { adds: true },
      { adds: true, arm: 'class-transfer', qnnScore: 0.6, alternativeScore: 0.8 },
      { adds: false, qnnScore: 0.7, alternativeScore: 0.7 },
    );
    expect(text).toContain('added on 1 of 3 replicates.');
    expect(text).toContain(
      "Points of class-transfer were considered on 2 replicates whose labels lie beside the generator's density, and added instead on 1 " +
        '(mean cross-validated accuracy of the QNN there 75.0% with them, 65.0% without).',
    );
  });

  it('names no method where none was taken', () => {
    const text = textOf({ adds: false, qnnScore: 0.7, alternativeScore: 0.6 });
    expect(text).toContain('Points of another method were considered on 1 replicate');
    expect(text).toContain('added instead on 0');
  });
});
