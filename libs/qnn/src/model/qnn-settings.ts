/** How the circuit's gates are arranged. */
export const ANSATZES = ['data-reuploading', 'hardware-efficient', 'strongly-entangling'] as const;
/** What training minimizes. */
export const LOSSES = ['cross-entropy', 'mse'] as const;

/** One of {@link ANSATZES}. */
export type AnsatzName = (typeof ANSATZES)[number];
/** One of {@link LOSSES}. */
export type LossName = (typeof LOSSES)[number];

/** A QNN classifier and its training. */
export interface QnnSettings {
  /** Qubits, 1 to 20. Default 4. */
  readonly qubits: number;
  /** Layers of the ansatz, 1 to 64. Default 3. */
  readonly layers: number;
  /** Default 'data-reuploading'. */
  readonly ansatz: AnsatzName;
  /** Default 'cross-entropy'. */
  readonly loss: LossName;
  /** Adam steps; always all of them are done. 1 to 100,000. Default 200. */
  readonly steps: number;
  /** Points a step, 1 to 4,096; fewer where there are fewer points. Default 32. */
  readonly batchSize: number;
  /** Adam's learning rate, above 0 and at most 1. Default 0.05. */
  readonly learningRate: number;
}

/** The study's default QNN. */
export const DEFAULT_QNN: QnnSettings = {
  qubits: 4,
  layers: 3,
  ansatz: 'data-reuploading',
  loss: 'cross-entropy',
  steps: 200,
  batchSize: 32,
  learningRate: 0.05,
};

/** Thrown when a QNN setting is out of range. The message names the setting, its value and the allowed ones. */
export class QnnSettingsError extends Error {
  override name = 'QnnSettingsError';
  readonly code = 'invalid';
}

const RANGES: readonly [keyof QnnSettings, number, number][] = [
  ['qubits', 1, 20],
  ['layers', 1, 64],
  ['steps', 1, 100_000],
  ['batchSize', 1, 4096],
];

/** Fills in defaults and throws {@link QnnSettingsError} unless every setting is in its range. */
export function createQnnSettings(given: Partial<QnnSettings> = {}): QnnSettings {
  const settings = { ...DEFAULT_QNN, ...given };
  for (const [name, least, most] of RANGES) {
    const value = settings[name];
    if (!Number.isInteger(value) || Number(value) < least || Number(value) > most) {
      throw new QnnSettingsError(`qnn.${name}: ${value} is not an integer from ${least} to ${most}`);
    }
  }
  const { learningRate } = settings;
  if (!(learningRate > 0 && learningRate <= 1)) {
    throw new QnnSettingsError(`qnn.learningRate: ${learningRate} is not above 0 and at most 1`);
  }
  checkChoice('ansatz', settings.ansatz, ANSATZES);
  checkChoice('loss', settings.loss, LOSSES);
  return settings;
}

function checkChoice(name: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) {
    throw new QnnSettingsError(
      `qnn.${name}: '${value}' is none of ${choices.map((choice) => `'${choice}'`).join(', ')}`,
    );
  }
}
