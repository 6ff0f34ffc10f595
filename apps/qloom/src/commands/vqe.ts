import { createHamiltonian, HAMILTONIANS } from '@qloom/qnn/vqe/hamiltonian.ts';
import { DEFAULT_MINIMIZE, type MinimizeSettings, OPTIMIZERS } from '@qloom/qnn/vqe/minimize-energy.ts';
import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import { type Command, Option } from 'commander';
import { type AnsatzFlags, addAnsatzOptions, ansatzOptionsOf } from '../command/circuit-options.ts';
import { realNumber, wholeNumber } from '../command/numbers.ts';
import { createStatusLine } from '../terminal/status-line.ts';
import { styleOf } from '../terminal/style.ts';
import type { VqeTask } from '../vqe/solve-vqe.ts';
import { progressLine, renderVqe, vqeToJson } from '../vqe/vqe-text.ts';

interface VqeFlags extends AnsatzFlags, Omit<MinimizeSettings, 'gradientTolerance'> {
  readonly qubits?: number;
  readonly coupling?: number;
  readonly field?: number;
  readonly anisotropy?: number;
  readonly periodic?: boolean;
  readonly tolerance: number;
  readonly seed: number;
  readonly engine: string;
  readonly exact: boolean;
  readonly json?: boolean;
}

const HELP = `
Hamiltonians:
  tfim   transverse-field Ising chain: -J Σ Z Z - h Σ X
  xxz    XXZ chain: J Σ (X X + Y Y + Δ Z Z)
  h2     hydrogen molecule in STO-3G at 0.7414 Å, Jordan–Wigner, 4 qubits; energies in hartree
  a sum of weighted Pauli strings, such as "0.5*Z0 Z1 - 1.2*X0"; write -- before one that begins with a minus

Each has an ansatz that suits it; --ansatz and --layers take another. Energies are computed in float64. Up to 12 qubits the
exact ground energy (Lanczos) is printed as well.

Examples:
  $ qloom vqe h2
  $ qloom vqe tfim --qubits 8 --field 0.5 --periodic
  $ qloom vqe xxz --qubits 6 --anisotropy 1.5 --json | jq .difference
  $ qloom vqe tfim --qubits 6 --ansatz efficient-su2 --layers 4 --ansatz-option entanglement=linear
  $ qloom vqe -- "-1*Z0 Z1 - 0.5*X0 - 0.5*X1"`;

const { optimizer, restarts, steps, gradientTolerance, learningRate } = DEFAULT_MINIMIZE;

/** `qloom vqe`. */
export function addVqeCommand(program: Command): void {
  const command = program
    .command('vqe')
    .description('find the ground energy of a Hamiltonian (variational quantum eigensolver)')
    .argument('<hamiltonian>', `${HAMILTONIANS.join(', ')} or a sum of weighted Pauli strings`)
    .option('--qubits <n>', 'qubits of a chain (default: 6)', wholeNumber(1, 20))
    .option('--coupling <J>', 'coupling of a chain (default: 1)', realNumber())
    .option('--field <h>', 'transverse field of tfim (default: 1)', realNumber())
    .option('--anisotropy <Δ>', 'anisotropy of xxz (default: 1)', realNumber())
    .option('--periodic', 'close the chain');
  addAnsatzOptions(command)
    .addOption(new Option('--optimizer <name>', 'how to search').choices(OPTIMIZERS).default(optimizer))
    .option('--restarts <n>', 'starts, of which the best is kept', wholeNumber(1, 100), restarts)
    .option('--steps <n>', 'most steps of a start', wholeNumber(1, 100_000), steps)
    .option('--tolerance <g>', 'largest component of the gradient at the end', realNumber(0, 1), gradientTolerance)
    .option('--learning-rate <r>', "adam's learning rate", realNumber(1e-9, 1), learningRate)
    .option('--seed <n>', 'seed of the starts', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--engine <name>', 'auto or an engine of float64', 'auto')
    .option('--no-exact', 'leave out the exact energy')
    .option('--json', 'print the outcome, with the parameters, as JSON')
    .addHelpText('after', HELP)
    .action(runVqe);
}

async function runVqe(text: string, flags: VqeFlags): Promise<void> {
  const { task, title } = taskOf(text, flags);
  // Engines are loaded only where they are needed, so that help and usage errors are fast.
  const { solveVqe } = await import('../vqe/solve-vqe.ts');
  const line = createStatusLine(process.stderr);
  const starts = task.settings.restarts;
  let last: { readonly restart: number; readonly text: string } | undefined;
  let shownMs = 0;
  try {
    const outcome = await solveVqe(task, {
      nowMs: () => performance.now(),
      onProgress(progress) {
        if (last !== undefined && last.restart !== progress.restart) line.note(last.text);
        last = { restart: progress.restart, text: progressLine(progress, starts) };
        if (performance.now() - shownMs < 100) return;
        shownMs = performance.now();
        line.show(last.text);
      },
    });
    line.end();
    if (last !== undefined) line.note(last.text);
    process.stdout.write(
      flags.json
        ? `${JSON.stringify(vqeToJson(task, title, outcome), null, 2)}\n`
        : renderVqe(task, title, outcome, styleOf(process.stdout)),
    );
  } finally {
    line.end();
  }
}

/** The problem that the flags define. Throws CircuitError where they do not fit together. */
function taskOf(text: string, flags: VqeFlags): { task: VqeTask; title: string } {
  const hamiltonian = createHamiltonian({ hamiltonian: text, ...flags });
  const { ansatz = hamiltonian.circuit.ansatz, layers = hamiltonian.circuit.layers } = flags;
  const suited = ansatz === hamiltonian.circuit.ansatz ? hamiltonian.circuit.ansatzOptions : {};
  const ansatzOptions = { ...suited, ...ansatzOptionsOf(ansatz, flags) };
  const circuit = buildQnnCircuit({ ansatz, qubits: hamiltonian.qubits, layers, ansatzOptions });
  const { optimizer, restarts, steps, tolerance: gradientTolerance, learningRate, seed, engine, exact } = flags;
  const settings = { optimizer, restarts, steps, gradientTolerance, learningRate };
  const title = `${ansatz}, ${layers} ${layers === 1 ? 'layer' : 'layers'}`;
  return { task: { hamiltonian, circuit, settings, seed, engine, exact }, title };
}
