import type { Backend } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import type { BackendDescription, Calibration } from '../domain/backend/backend.ts';
import type { BackendGate } from '../runs/backend-gate.ts';

/** A backend as a message. One that does not answer is offline, with the reason. */
export async function describeBackend({ backend, describe }: BackendGate, signal: AbortSignal): Promise<Backend> {
  const { name, provider, simulated } = backend;
  try {
    return { name, provider, simulated, ...encodeDescription(await describe(signal)) };
  } catch (error) {
    signal.throwIfAborted();
    const nothing = { qubits: 0, basisGates: [], coupling: [], limits: undefined, price: undefined, queue: undefined };
    const reason = (error as Error).message;
    return { name, provider, simulated, online: false, reason, ...nothing, calibration: undefined };
  }
}

function encodeDescription(description: BackendDescription): Omit<Backend, 'name' | 'provider' | 'simulated'> {
  const { online, reason, qubits, basisGates, coupling, limits, price, pendingJobs, waitSeconds, calibration } =
    description;
  return {
    online,
    reason,
    qubits,
    basisGates: [...basisGates],
    coupling: coupling.map(([first, second]) => ({ first, second })),
    limits: {
      minShots: limits.minShots ?? 0,
      maxShots: limits.maxShots ?? 0,
      maxExecutions: limits.maxExecutions ?? 0,
      maxJobShots: BigInt(limits.maxJobShots ?? 0),
      sameShots: limits.sameShots,
      createsPerMinute: limits.createsPerMinute ?? 0,
      maxPendingJobs: limits.maxPendingJobs ?? 0,
    },
    price,
    queue: { pendingJobs, waitSeconds },
    calibration: calibration && encodeCalibration(calibration),
  };
}

function encodeCalibration({
  id,
  timeMs,
  readoutErrors,
  gateErrors,
  couplingErrors,
  t1,
  t2,
}: Calibration): Backend['calibration'] {
  return {
    id,
    timeMs: BigInt(Math.round(timeMs)),
    readoutErrors: [...readoutErrors],
    gateErrors: [...gateErrors],
    couplingErrors: [...couplingErrors],
    t1Seconds: [...t1],
    t2Seconds: [...t2],
  };
}
