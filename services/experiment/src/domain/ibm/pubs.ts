import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Execution } from '../backend/backend.ts';
import type { IsaCircuit } from './isa-circuit.ts';

/** Rows that are computed before the event loop gets a turn: some milliseconds. */
const ROWS_PER_TURN = 1000;

/** Executions that differ only in their values: one PUB. */
interface Group {
  readonly first: Execution;
  /** Indices of the executions. */
  readonly members: number[];
}

/** One PUB: program, values of its parameters in rows, shots. */
export type Pub = readonly [program: string, values: number[][] | null, shots: number];

/**
 * Groups executions of the same circuit that measure the same qubits, in the order in which the groups first occur. It depends on the
 * executions alone, so that results can be told apart without what was sent.
 */
function groups(executions: readonly Execution[]): Group[] {
  const byCircuit = new Map<unknown, Map<string, Group>>();
  const all: Group[] = [];
  executions.forEach((execution, index) => {
    const byQubits = byCircuit.get(execution.circuit) ?? new Map<string, Group>();
    byCircuit.set(execution.circuit, byQubits);
    const key = execution.qubits.join();
    const known = byQubits.get(key);
    if (known) {
      known.members.push(index);
      return;
    }
    const group = { first: execution, members: [index] };
    byQubits.set(key, group);
    all.push(group);
  });
  return all;
}

/** Indices of the executions in the order of the rows of all PUBs. */
export const rowOrder = (executions: readonly Execution[]): number[] =>
  groups(executions).flatMap(({ members }) => members);

/** The PUBs of executions: one for each group, or one for each execution where the circuit has no parameters. */
export async function pubsOf(
  executions: readonly Execution[],
  isa: (execution: Execution) => Promise<IsaCircuit>,
): Promise<Pub[]> {
  const pubs: Pub[] = [];
  for (const { first, members } of groups(executions)) {
    await nextTurn();
    const circuit = await isa(first);
    const program = circuit.program(first.qubits);
    if (circuit.columns === 0) {
      for (const _ of members) pubs.push([program, null, first.shots]);
      continue;
    }
    const rows: number[][] = [];
    for (const index of members) {
      rows.push(circuit.row(executions[index].parameters, executions[index].inputs));
      if (rows.length % ROWS_PER_TURN === 0) await nextTurn();
    }
    pubs.push([program, rows, first.shots]);
  }
  return pubs;
}
