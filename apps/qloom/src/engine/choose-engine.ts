import { ENGINES } from '@qloom/qnn/engine/engine-table.ts';
import type { Workload } from '@qloom/qnn/engine/measure-engine.ts';
import { type Selection, selectEngine } from '@qloom/qnn/engine/select-engine.ts';

/** Above this many qubits one step takes so long that engines are measured on a smaller circuit. */
export const MEASURED_QUBITS = 12;

/** An engine, and why `auto` took it; the reason is absent where it was named. */
export type ChosenEngine = Pick<Selection, 'selected'> & { readonly reason?: string };

/** The engine that a user names, or with `auto` the fastest in float64 on the workload. */
export async function chooseEngine(engine: string, step: Workload, nowMs: () => number): Promise<ChosenEngine> {
  if (engine !== 'auto') return { selected: engine };
  const workload = step.circuit.qubits <= MEASURED_QUBITS ? step : undefined;
  // The others are not probed, since that may load a driver.
  const entries = ENGINES.filter((entry) => entry.capabilities.precisions.includes('float64'));
  return selectEngine({ nowMs, workload, precision: 'float64', entries });
}
