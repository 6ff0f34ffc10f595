import { MOST_TRAINING_ROWS } from '@qloom/metrics/classifiers/training-sample.ts';
import { MOST_SYNTHETIC_POINTS } from '@qloom/study/synthesis/synthesis-plan.ts';
import { ORACLE_RATIO } from './jobs.ts';

/** What a study with so many labels does with a sample, or a part, of what smaller ones use whole; for its reader. */
export function boundWarnings(labels: number): string[] {
  const number = (value: number) => value.toLocaleString('en-US');
  return [
    ...(labels > MOST_TRAINING_ROWS
      ? [
          `Classifiers without a QNN, nearest neighbours apart, and the gate's are fitted to a stratified sample of ` +
            `${number(MOST_TRAINING_ROWS)} of the labels.`,
        ]
      : []),
    ...(labels * ORACLE_RATIO > MOST_SYNTHETIC_POINTS
      ? [
          `No arm adds more than ${number(MOST_SYNTHETIC_POINTS)} points: a higher ratio adds that many, the oracle's ${ORACLE_RATIO} ` +
            'included.',
        ]
      : []),
  ];
}
