import { DEFAULT_QNN, type QnnSettings } from './default-qnn.ts';
import { type QnnProblem, qnnProblems } from './qnn-problems.ts';

export { DEFAULT_QNN, type GivenOptions, LOSSES, type LossName, type QnnSettings } from './default-qnn.ts';

/** Thrown when QNN settings are wrong. The message names each setting, its value and the allowed ones. */
export class QnnSettingsError extends Error {
  override name = 'QnnSettingsError';
  readonly code = 'invalid';
}

/** Fills in defaults and throws {@link QnnSettingsError} unless every setting is in its range and all fit together. */
export function createQnnSettings(given: Partial<QnnSettings> = {}): QnnSettings {
  const problems = qnnProblems(given);
  if (problems.length > 0) throw new QnnSettingsError(problems.map(told).join('; '));
  return { ...DEFAULT_QNN, ...given };
}

const told = ({ field, message }: QnnProblem) => `qnn.${field}: ${message}`;
