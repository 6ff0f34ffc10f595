import type { BackendDescription, Execution } from './backend.ts';
import { JobRefusedError } from './errors.ts';

/** What executions are compared with. */
export interface Bounds extends Pick<BackendDescription, 'qubits' | 'limits' | 'coupling'> {
  /** Name of the backend, for messages. */
  readonly backend: string;
}

/** Throws JobRefusedError unless the executions are within the limits of a job: their number, qubits, shots and couplings. */
export function requireWithin(executions: readonly Execution[], { backend, qubits, limits, coupling }: Bounds): void {
  const refuse = (what: string): never => {
    throw new JobRefusedError(`backend ${backend}: ${what}`);
  };
  const { minShots = 1, maxShots, maxExecutions, maxJobShots } = limits;
  if (maxExecutions !== undefined && executions.length > maxExecutions) {
    refuse(`a job of ${executions.length} executions; at most ${maxExecutions} are right`);
  }
  let total = 0;
  for (const { circuit, shots } of executions) {
    if (circuit.qubits > qubits) refuse(`a circuit of ${circuit.qubits} qubits; at most ${qubits} are right`);
    if (shots < minShots) refuse(`${shots} shots; at least ${minShots} are right`);
    if (maxShots !== undefined && shots > maxShots) refuse(`${shots} shots; at most ${maxShots} are right`);
    total += shots;
  }
  if (maxJobShots !== undefined && total > maxJobShots)
    refuse(`a job of ${total} shots; at most ${maxJobShots} are right`);
  if (limits.sameShots && executions.some(({ shots }) => shots !== executions[0].shots)) {
    refuse('a job whose executions have different shots; the same shots are right');
  }
  if (coupling.length > 0) requireCoupled(executions, coupling, refuse);
}

function requireCoupled(
  executions: readonly Execution[],
  coupling: Bounds['coupling'],
  refuse: (what: string) => never,
): void {
  const pairs = new Set(coupling.flatMap(([a, b]) => [`${a},${b}`, `${b},${a}`]));
  for (const circuit of new Set(executions.map((execution) => execution.circuit))) {
    for (const gate of circuit.gates) {
      if (gate.qubits.length === 2 && !pairs.has(gate.qubits.join(','))) {
        refuse(
          `a gate ${gate.name} on qubits ${gate.qubits.join(' and ')}, which are not coupled; transpile the circuit first`,
        );
      }
    }
  }
}
