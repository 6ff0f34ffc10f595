import { mostTrainingRows } from '@qloom/metrics/classifiers/training-sample.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { MOST_SYNTHETIC_POINTS } from '@qloom/study/synthesis/synthesis-plan.ts';
import { ORACLE_RATIO } from './jobs.ts';

/** What a study with so many labels (`count`) does with a sample, or a part, of what smaller ones use whole; for its reader. */
export function boundWarnings(labels: Pick<Points, 'count' | 'features' | 'classes'>): string[] {
  const rows = mostTrainingRows(labels);
  const number = (value: number) => value.toLocaleString('en-US');
  return [
    ...(labels.count > rows
      ? [
          `Classifiers without a QNN, nearest neighbours apart, and the gate's are fitted to a stratified sample of ` +
            `${number(rows)} of the labels.`,
        ]
      : []),
    ...(labels.count * ORACLE_RATIO > MOST_SYNTHETIC_POINTS
      ? [
          `No arm adds more than ${number(MOST_SYNTHETIC_POINTS)} points: a higher ratio adds that many, the oracle's ${ORACLE_RATIO} ` +
            'included.',
        ]
      : []),
  ];
}
