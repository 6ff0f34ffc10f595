import type { QnnProblem } from './qnn-problem.ts';
import { qnnProblems } from './qnn-problems.ts';
import { DEFAULT_QNN, type QnnSettings } from './qnn-settings.ts';

/** Thrown when QNN settings are wrong, or do not fit the data. The message names each setting, its value and the allowed ones. */
export class QnnSettingsError extends Error {
  override name = 'QnnSettingsError';
  readonly code = 'invalid';
  readonly problems: readonly QnnProblem[];

  constructor(problems: readonly QnnProblem[]) {
    super(problems.map(({ field, message }) => `qnn.${field}: ${message}`).join('; '));
    this.problems = problems;
  }
}

/** Fills in defaults and throws {@link QnnSettingsError} unless every setting is in its range and all fit together. */
export function createQnnSettings(given: Partial<QnnSettings> = {}): QnnSettings {
  const problems = qnnProblems(given);
  if (problems.length > 0) throw new QnnSettingsError(problems);
  return { ...DEFAULT_QNN, ...given };
}
