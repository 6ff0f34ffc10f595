import { makeStudyResult } from '../testing/study-result.ts';
import { cardToMarkdown } from './card.ts';

const SOURCE = { version: '0.1.0', command: 'qloom run quickstart.yaml' };

describe('the card', () => {
  const card = cardToMarkdown(makeStudyResult(), SOURCE) ?? '';

  it('separates measurements on the test set from those against the training points', () => {
    const [onTest, onTraining] = card.split('This file beside the labelled real points');
    expect(onTest).toContain(
      'Fréchet distance to the test set, 31 points on either side, mean of draws (smaller is nearer): 0.120',
    );
    expect(onTest).toMatch(/accuracy of the QNN over real data alone, points: \+\d\.\d \[/);
    expect(onTest).toContain('recall by class, %: 98.0, 93.0, 81.0');
    expect(onTraining).toContain('Fréchet distance to training.csv: 0.118');
    expect(onTraining).not.toContain('test set,');
  });

  it('gives the gain of balanced accuracy where the study is judged by it', () => {
    const unequal = cardToMarkdown(makeStudyResult({ imbalanced: true }), SOURCE);
    expect(unequal).toContain('- balanced accuracy of the QNN over real data alone, points: ');
  });

  it('claims nothing of too few draws, and is absent where nothing was kept', () => {
    expect(cardToMarkdown(makeStudyResult({ draws: 2 }), SOURCE)).toContain(
      '2 draws; too few draws to claim anything)',
    );
    const result = makeStudyResult();
    const { synthetic } = result;
    const continued = { ...result, synthetic: synthetic && { ...synthetic, earlierEpisodes: [1, 9] } };
    expect(cardToMarkdown(continued, SOURCE)).toMatch(
      /trained before with the configurations of these episodes .*: 1, 9\n/,
    );
    expect(card).not.toContain('trained before');
    expect(cardToMarkdown(makeStudyResult({ helps: false }), SOURCE)).toBeUndefined();
  });
});
