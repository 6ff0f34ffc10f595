import { type Circuit, validateCircuit } from '@qloom/quantum/circuit.ts';
import { CircuitTooLargeError } from '@qloom/quantum/errors.ts';
import { type Observable, validateObservable } from '@qloom/quantum/observables/observable.ts';
import { type CompiledCircuit, DEFAULT_LIMITS, type Engine, type EngineLimits } from '../engine.ts';
import { placeGates, programOf } from '../gate-program/gate-program.ts';
import { compileExecutor } from './compiled-circuit.ts';
import { openDevice, type WebgpuDevice } from './device.ts';
import { AMPLITUDE_BYTES, type KernelShape, shapeKernel } from './kernel-shape.ts';
import { groupIntoPasses } from './passes.ts';
import { kernelBindings, printKernel } from './print-kernel.ts';

/** Settings of {@link createWebgpuEngine}. */
export interface WebgpuEngineOptions {
  /** Default: 20 qubits, 256 MiB. */
  readonly limits?: Partial<EngineLimits>;
  /** Memory of the states; default: the workgroup's memory if they fit. */
  readonly memory?: KernelShape['memory'];
  /** Maximum number of executions per dispatch; default: as many as buffers and limits allow. */
  readonly maxExecutions?: number;
}

/**
 * `webgpu`: the whole circuit and its adjoint as one dispatch, one workgroup per sample (or per several samples for
 * small circuits), with the state in the workgroup's memory; float32. Throws WebgpuUnavailableError if the package, a
 * driver or an adapter is missing.
 */
export async function createWebgpuEngine(options: WebgpuEngineOptions = {}): Promise<Engine> {
  const device = await openDevice();
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  return {
    name: 'webgpu',
    precision: 'float32',
    limits,
    async compile(circuit, observables) {
      validateCircuit(circuit);
      observables.forEach((observable, k) => {
        validateObservable(observable, circuit.qubits, `observable ${k}`);
      });
      checkSize(circuit, limits, device);
      return compileForDevice(circuit, observables, device, { ...options, limits });
    },
    dispose: () => device.destroy(),
  };
}

/**
 * Throws CircuitTooLargeError, with the number of qubits that fit, when the states of a single execution do not fit.
 */
function checkSize({ qubits }: Circuit, limits: EngineLimits, device: WebgpuDevice): void {
  const state = AMPLITUDE_BYTES * 2 ** qubits;
  const binding = device.limits.maxStorageBufferBindingSize;
  const most = Math.min(limits.maxStateBytes / 2, binding);
  if (qubits <= limits.maxQubits && state <= most) return;
  const fitting = Math.min(limits.maxQubits, Math.floor(Math.log2(most / AMPLITUDE_BYTES)));
  throw new CircuitTooLargeError(
    `webgpu: ${qubits} qubits need 2 states of ${state} bytes; on ${device.name}, at most ${fitting} qubits are right ` +
      `(${limits.maxStateBytes} bytes of states, ${binding} bytes a buffer)`,
  );
}

async function compileForDevice(
  circuit: Circuit,
  observables: readonly Observable[],
  device: WebgpuDevice,
  { limits, memory, maxExecutions }: WebgpuEngineOptions & { limits: EngineLimits },
): Promise<CompiledCircuit> {
  const passes = groupIntoPasses(circuit.qubits, placeGates(circuit));
  const program = programOf(
    circuit,
    passes.flatMap(({ gates }) => gates),
  );
  let from = 0;
  const withOps = passes.map(({ qubits, gates }) => {
    from += gates.length;
    return { qubits, ops: program.ops.slice(from - gates.length, from) };
  });
  const width = passes[0]?.qubits.length ?? Math.min(circuit.qubits, 1);
  const shape = shapeKernel(circuit.qubits, width, device.limits, memory);
  const pipeline = await device.pipeline(
    printKernel(program, withOps, observables.length, shape),
    kernelBindings(shape),
  );
  return compileExecutor({ circuit, observables, device, program, shape, pipeline, limits, maxExecutions });
}
