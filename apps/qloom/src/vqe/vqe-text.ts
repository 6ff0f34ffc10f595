import type { EnergyProgress } from '@qloom/qnn/vqe/minimize-energy.ts';
import { formatSeconds } from '../terminal/format.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';
import type { VqeOutcome, VqeTask } from './solve-vqe.ts';

/** The name of the circuit in texts: `tfim-variational, 4 layers`. */
export type CircuitTitle = string;

/** Where a search stands, in a line. */
export const progressLine = ({ restart, step, energy, gradientNorm }: EnergyProgress, starts: number): string =>
  `start ${restart + 1}/${starts}  step ${step}  energy ${formatEnergy(energy)}  gradient ${gradientNorm.toExponential(1)}`;

/** The outcome for people. */
export function renderVqe(task: VqeTask, title: CircuitTitle, outcome: VqeOutcome, style: Style): string {
  const { hamiltonian, circuit, settings } = task;
  const { energy, exact, gradientNorm, converged, evaluations, seconds, engine, engineReason } = outcome;
  const end = converged
    ? style.green('converged')
    : style.yellow(`not converged: above the tolerance ${settings.gradientTolerance}`);
  const rows = [
    ['energy', style.bold(formatEnergy(energy)), ''],
    ...(exact === null ? [] : [['exact', formatEnergy(exact), `${(energy - exact).toExponential(1)} above it`]]),
    ['gradient', gradientNorm.toExponential(1), end],
    ['effort', `${evaluations} gradients`, `${settings.optimizer}, ${formatSeconds(seconds)}`],
    ['engine', engine, engineReason ?? ''],
  ];
  const count = circuit.parameters.length;
  const parameters = `${count} ${count === 1 ? 'parameter' : 'parameters'}`;
  const heading = `${style.bold(hamiltonian.name)}\n${circuit.qubits} qubits; ${title}, ${parameters}; seed ${task.seed}\n\n`;
  return heading + renderTable([{ title: '' }, { title: '', align: 'right' }, { title: '' }], rows);
}

/** The outcome for machines. */
export function vqeToJson(task: VqeTask, title: CircuitTitle, outcome: VqeOutcome): object {
  const { hamiltonian, circuit, settings, seed } = task;
  const { parameters, exact, engineReason, ...rest } = outcome;
  return {
    hamiltonian: hamiltonian.name,
    qubits: circuit.qubits,
    circuit: title,
    ...settings,
    seed,
    ...rest,
    exact,
    difference: exact === null ? null : rest.energy - exact,
    parameters: [...parameters],
  };
}

const formatEnergy = (energy: number): string => energy.toFixed(9).replace(/^-/, '−');
