import { definitions } from '../../../report/html.ts';
import type { Markup } from '../../../report/plots/svg.ts';
import type { CompareResult } from '../../result/compare-result.ts';
import { oracleText } from './section-labels.ts';

/** Terms, and what each interval covers. */
export function readingSection({ cells, claims }: CompareResult): Markup {
  const splits = cells.some((cell) => cell.finished?.drawsAre === 'splits');
  return definitions([
    [
      'cell',
      'one task (or one file) at one number of labels and one seed: one study, with the same settings in all its arms',
    ],
    ['draw', 'fresh labels of the task, on which every arm is trained; all draws of a cell share one test set'],
    ['arm', 'one way to train the same QNN; every arm has the same steps and the same points a step'],
    ['oracle', `the arm with ${oracleText(cells)} instead of synthetic points`],
    [
      'interval of a score or gain',
      'Student’s t over draws plus the error of the shared test set: it is about other draws and other test points',
    ],
    [
      'gap closed',
      'ratio of mean gains; BCa bootstrap over draws, at a level widened for few draws, plus the error of the test set. Draws are resampled with what was chosen on them',
    ],
    [
      'p (Holm)',
      `the greater of a t-test and a permutation test, corrected over all ${claims} claims: each arm of each cell against real data only, and Qloom against every baseline`,
    ],
    ['claim', 'interval and corrected p agree, from at least five draws; anything less is “seems” or nothing'],
    ['not worse', 'lower end of the gain’s interval above −1 point'],
    [
      'interquartile mean',
      'mean of the middle half of all draws of all cells, resampled over selections and draws within each cell',
    ],
    ...(splits
      ? ([
          [
            'splits of one file',
            'draws share rows: intervals by Nadeau and Bengio, and every claim is about that file only',
          ],
        ] as const)
      : []),
  ]);
}
