import { availableParallelism } from 'node:os';
import type { Workload } from '@qloom/qnn/engine/measure-engine.ts';
import { createEngine } from '@qloom/qnn/engine/select-engine.ts';
import { factorPerQubit, gradientVariance } from '@qloom/qnn/plateau/gradient-variance.ts';
import { type Observable, pauli } from '@qloom/quantum/observables/observable.ts';
import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import { createRandom } from '@qloom/random/random.ts';
import { type Command, Option } from 'commander';
import { type AnsatzFlags, addAnsatzOptions, ansatzOptionsOf } from '../command/circuit-options.ts';
import { UsageError } from '../command/errors.ts';
import { wholeNumber } from '../command/numbers.ts';
import { chooseEngine, MEASURED_QUBITS } from '../engine/choose-engine.ts';
import { createStatusLine } from '../terminal/status-line.ts';
import { renderTable } from '../terminal/table.ts';

const OBSERVABLES = ['local', 'global'] as const;

interface PlateauFlags extends AnsatzFlags {
  readonly from: number;
  readonly to: number;
  readonly samples: number;
  readonly observable: (typeof OBSERVABLES)[number];
  readonly seed: number;
  readonly engine: string;
  readonly json?: boolean;
}

const HELP = `
For each number of qubits, circuits with random angles are differentiated. "first" is the variance of the derivative by the
first parameter (0 where that one is a phase alone), "mean" the mean of the variances over all. A factor near 1/2 a qubit is a
barren plateau: random starts train exponentially badly. Without --layers a circuit has as many as qubits.

Examples:
  $ qloom plateau
  $ qloom plateau --ansatz strongly-entangling --layers 10 --to 10
  $ qloom plateau --ansatz real-amplitudes --observable global --samples 1000 --json`;

/** `qloom plateau`. */
export function addPlateauCommand(program: Command): void {
  const command = program
    .command('plateau')
    .description('measure how gradients vanish with the number of qubits (barren plateaus)')
    .option('--from <n>', 'fewest qubits', wholeNumber(1, 20), 2)
    .option('--to <n>', 'most qubits', wholeNumber(1, 20), 8)
    .option('--samples <n>', 'random points of the parameters', wholeNumber(2, 100_000), 200);
  addAnsatzOptions(command)
    .addOption(
      new Option('--observable <name>', 'local: Z of the first qubit; global: Z of all, multiplied')
        .choices(OBSERVABLES)
        .default('local'),
    )
    .option('--seed <n>', 'seed of the points', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--engine <name>', 'auto or an engine of float64; they differ in the last digits', 'wasm')
    .option('--json', 'print the variances as JSON')
    .addHelpText('after', HELP)
    .action(runPlateau);
}

/** Variances at one number of qubits. */
interface PlateauRow {
  readonly qubits: number;
  readonly layers: number;
  readonly parameters: number;
  readonly first: number;
  readonly mean: number;
}

async function runPlateau(flags: PlateauFlags): Promise<void> {
  const { from, to, ansatz = 'hardware-efficient', observable, samples, seed, json } = flags;
  if (from > to) throw new UsageError(`--from ${from} is above --to ${to}`);
  const circuits = Array.from({ length: to - from + 1 }, (_, i) => {
    const qubits = from + i;
    const { layers = qubits } = flags;
    const ansatzOptions = ansatzOptionsOf(ansatz, flags);
    const circuit = buildQnnCircuit({ ansatz, qubits, layers, ansatzOptions });
    return { qubits, layers, circuit, observables: [measuredOn(observable, qubits)] };
  });
  const largest = circuits.findLast(({ qubits }) => qubits <= MEASURED_QUBITS) ?? circuits[0];
  const { engine, reason } = await startEngine(flags.engine, { ...largest, description: 'these circuits', rows: 1 });
  const line = createStatusLine(process.stderr);
  const rows: PlateauRow[] = [];
  try {
    for (const { qubits, layers, circuit, observables } of circuits) {
      line.show(`${qubits} qubits, up to ${to}`);
      const random = createRandom(seed).fork(qubits);
      const variance = await gradientVariance({ engine, circuit, observable: observables[0], samples, random });
      rows.push({ qubits, layers, parameters: circuit.parameters.length, ...variance });
    }
  } finally {
    line.end();
    engine.dispose();
  }
  const fits = rows.length > 1 && rows.every(({ mean }) => mean > 0);
  const factor = fits ? factorPerQubit(rows.map(({ qubits, mean }) => ({ qubits, value: mean }))) : null;
  const chosen = { engine: engine.name, engineReason: reason };
  const outcome = { ansatz, observable, samples, seed, ...chosen, rows, factorPerQubit: factor };
  process.stdout.write(json ? `${JSON.stringify(outcome, null, 2)}\n` : renderRows(rows, factor));
}

/** Z of the first qubit, or Z of all multiplied. */
function measuredOn(observable: PlateauFlags['observable'], qubits: number): Observable {
  const measured = Array.from({ length: observable === 'local' ? 1 : qubits }, (_, qubit) => qubit);
  return pauli('Z'.repeat(measured.length), measured);
}

async function startEngine(name: string, step: Workload) {
  const { selected, reason } = await chooseEngine(name, step, () => performance.now());
  return { engine: await createEngine(selected, { precision: 'float64', threads: availableParallelism() }), reason };
}

function renderRows(rows: readonly PlateauRow[], factor: number | null): string {
  const columns = ['qubits', 'layers', 'parameters', 'first', 'mean'].map((title) => ({
    title,
    align: 'right' as const,
  }));
  const cells = rows.map(({ qubits, layers, parameters, first, mean }) => [
    ...[qubits, layers, parameters].map(String),
    ...[first, mean].map((value) => value.toExponential(2)),
  ]);
  const last = factor === null ? '' : `\n  mean variance: a factor of ${factor.toFixed(2)} a qubit\n`;
  return renderTable(columns, cells) + last;
}
