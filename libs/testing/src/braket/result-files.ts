import type { Random } from '@qloom/random/random.ts';
import { type Action, type Sampled, sample } from './run-action.ts';

/** A task whose results are written. */
export interface MeasuredTask {
  readonly arn: string;
  readonly deviceArn: string;
  readonly action: Action;
  readonly shots: number;
  readonly bucket: string;
  readonly directory: string;
  readonly createdAtMs: number;
  readonly endedAtMs: number;
}

const header = (name: string) => ({ name, version: '1' });

/** Files of a task's results by their keys below the task's directory. */
export function resultFiles(task: MeasuredTask, random: Random): Map<string, string> {
  return task.action.isSet ? programSetFiles(task, random) : new Map([['results.json', singleResult(task, random)]]);
}

/** `gate_model_task_result`, version 1. */
function singleResult(task: MeasuredTask, random: Random): string {
  const [{ program, executables }] = task.action.programs;
  const { measuredQubits, counts } = sample(program.source, executables[0], task.shots, random);
  return JSON.stringify({
    braketSchemaHeader: header('braket.task_result.gate_model_task_result'),
    measurements: shotsOf(counts),
    measurementProbabilities: null,
    resultTypes: [],
    measuredQubits,
    taskMetadata: {
      braketSchemaHeader: header('braket.task_result.task_metadata'),
      id: task.arn,
      shots: task.shots,
      deviceId: task.deviceArn,
      deviceParameters: null,
      createdAt: new Date(task.createdAtMs).toISOString(),
      endedAt: new Date(task.endedAtMs).toISOString(),
      status: 'COMPLETED',
      failureReason: null,
    },
    additionalMetadata: {
      action: {
        braketSchemaHeader: header('braket.ir.openqasm.program'),
        source: program.source,
        inputs: program.inputs ?? {},
      },
    },
  });
}

/**
 * `program_set_task_result`, version 1, whose parts are files of their own: those of a program are named by their keys below its
 * folder, as the vendor's client reads them.
 */
function programSetFiles(task: MeasuredTask, random: Random): Map<string, string> {
  const files = new Map<string, string>();
  const executables = task.action.programs.reduce((sum, one) => sum + one.executables.length, 0);
  const shots = task.shots / executables;
  const programResults = task.action.programs.map(({ program, executables: rows }, i) => {
    const executableResults = rows.map((inputs, inputsIndex) => {
      const { measuredQubits, counts } = sample(program.source, inputs, shots, random.fork(`${i} ${inputsIndex}`));
      const probabilities = [...counts].map(([outcome, count]) => [outcome, count / shots]);
      const name = `executables/${inputsIndex}.json`;
      files.set(
        `programs/${i}/${name}`,
        JSON.stringify({
          braketSchemaHeader: header('braket.task_result.program_set_executable_result'),
          inputsIndex,
          measurements: null,
          measurementProbabilities: Object.fromEntries(probabilities),
          measuredQubits,
        }),
      );
      return name;
    });
    const source = 'program.json';
    files.set(
      `programs/${i}/${source}`,
      JSON.stringify({ braketSchemaHeader: header('braket.ir.openqasm.program'), ...program }),
    );
    const name = `programs/${i}/results.json`;
    const additionalMetadata = { action: null };
    const result = { executableResults, source, additionalMetadata };
    files.set(name, JSON.stringify({ braketSchemaHeader: header('braket.task_result.program_result'), ...result }));
    return name;
  });
  files.set(
    'metadata.json',
    JSON.stringify({
      braketSchemaHeader: header('braket.task_result.program_set_task_metadata'),
      id: task.arn,
      deviceId: task.deviceArn,
      requestedShots: task.shots,
      successfulShots: task.shots,
      programMetadata: task.action.programs.map(({ executables: rows }) => ({ executables: rows.map(() => ({})) })),
      deviceParameters: null,
      createdAt: new Date(task.createdAtMs).toISOString(),
      endedAt: new Date(task.endedAtMs).toISOString(),
      status: 'COMPLETED',
      totalFailedExecutables: 0,
    }),
  );
  files.set(
    'results.json',
    JSON.stringify({
      braketSchemaHeader: header('braket.task_result.program_set_task_result'),
      programResults,
      taskMetadata: 'metadata.json',
      s3Location: [task.bucket, task.directory],
    }),
  );
  return files;
}

/** Each shot as a list of bits. */
const shotsOf = (counts: Sampled['counts']): number[][] =>
  [...counts].flatMap(([outcome, count]) => Array.from({ length: count }, () => Array.from(outcome, Number)));
