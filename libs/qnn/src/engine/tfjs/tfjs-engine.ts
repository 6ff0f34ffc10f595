import { validateCircuit } from '@qloom/quantum/circuit.ts';
import { CircuitTooLargeError } from '@qloom/quantum/errors.ts';
import { validateObservable } from '@qloom/quantum/observables/observable.ts';
import { type UseBackendOptions, useBackend } from '@qloom/tfjs/backends/backend.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine, EngineLimits } from '../engine.ts';
import { type GateProgram, placeGates, programOf } from '../gate-program/gate-program.ts';
import { compileTensors } from './compiled-circuit.ts';
import { patternBytes } from './tensor-sweep.ts';
import { TFJS_LIMITS } from './tfjs-limits.ts';

/** Settings of {@link createTfjsEngine}. */
export interface TfjsEngineOptions {
  /** Default: 16 qubits, 256 MiB. */
  readonly limits?: Partial<EngineLimits>;
  /**
   * The backend of TensorFlow.js to use; fails if it is unavailable. Default: the one in use, else the best available
   * one.
   */
  readonly backend?: UseBackendOptions['force'];
}

/**
 * `tfjs`: batches as tensor operations of TensorFlow.js on the backend in use, of which a process has one; float32.
 * Meant for CUDA. Throws BackendUnavailableError.
 */
export async function createTfjsEngine(options: TfjsEngineOptions = {}): Promise<Engine> {
  await useBackend({ force: options.backend });
  const limits = { ...TFJS_LIMITS, ...options.limits };
  const held = new Set<tf.Tensor[]>();
  /** Disposes of the patterns of circuits that are no longer referenced: tensors are not garbage-collected. */
  const abandoned = new FinalizationRegistry<tf.Tensor[]>((tensors) => {
    if (held.delete(tensors)) tf.dispose(tensors);
  });
  return {
    name: 'tfjs',
    precision: 'float32',
    limits,
    async compile(circuit, observables) {
      validateCircuit(circuit);
      observables.forEach((observable, k) => {
        validateObservable(observable, circuit.qubits, `observable ${k}`);
      });
      const program = programOf(circuit, placeGates(circuit));
      checkSize(program, limits);
      const tensors: tf.Tensor[] = [];
      const compiled = compileTensors(circuit, observables, program, limits, (tensor) => {
        tensors.push(tensor);
        return tensor;
      });
      held.add(tensors);
      abandoned.register(compiled, tensors);
      return compiled;
    },
    dispose() {
      for (const tensors of held) tf.dispose(tensors);
      held.clear();
    },
  };
}

/** Throws CircuitTooLargeError, with the number of qubits that would fit, when the gates' patterns are too large. */
function checkSize(program: GateProgram, { maxQubits, maxStateBytes }: EngineLimits): void {
  const bytes = patternBytes(program);
  if (program.qubits <= maxQubits && bytes <= maxStateBytes) return;
  const fewer = program.qubits - Math.max(0, Math.ceil(Math.log2(bytes / maxStateBytes)));
  throw new CircuitTooLargeError(
    `tfjs: ${program.qubits} qubits need ${bytes} bytes for the patterns of the circuit's gates; at most ` +
      `${Math.min(maxQubits, fewer)} qubits and ${maxStateBytes} bytes are right`,
  );
}
