import { QnnSettingsError } from './create-qnn-settings.ts';
import { type DataShape, readoutFor, requireTakes } from './qnn-model.ts';
import type { QnnProblem } from './qnn-problem.ts';
import { examineQnn } from './qnn-problems.ts';
import { DEFAULT_QNN, type QnnSettings } from './qnn-settings.ts';

/**
 * All problems of settings for data of this shape: those of `qnnProblems` for the settings alone and, if there are
 * none, those for which `createQnnModel` would throw. Empty if and only if both accept the settings. `qasmFile` is the
 * file name in errors of `qasm`. No gate is created, so that this may be called on an event loop.
 */
export function qnnDataProblems(
  given: Partial<QnnSettings>,
  { features, classes }: DataShape,
  qasmFile?: string,
): readonly QnnProblem[] {
  const { problems, program } = examineQnn(given, qasmFile);
  if (problems.length > 0) return problems;
  const settings = { ...DEFAULT_QNN, ...given };
  return [
    ...refusalsOf(() => requireTakes(settings, features, program)),
    ...refusalsOf(() => readoutFor(settings, program?.qubits ?? settings.qubits, classes)),
  ];
}

function refusalsOf(build: () => unknown): readonly QnnProblem[] {
  try {
    build();
    return [];
  } catch (error) {
    if (error instanceof QnnSettingsError) return error.problems;
    throw error;
  }
}
