import { validateCircuit } from '@qloom/quantum/circuit.ts';
import { readOpenQasm } from '@qloom/quantum/qasm/read-openqasm.ts';
import { BASIS, type EmulatedDevice } from './emulated-device.ts';
import type { IsaProgram } from './isa-program.ts';
import { readQpy } from './qpy/read-qpy.ts';
import { ERROR_CODES, IbmRefusal } from './refusal.ts';

/** Reads a PUB's circuit, OpenQASM 3 text or a QuantumCircuit of the client. Throws {@link IbmRefusal} for anything else. */
export function readIsaProgram(circuit: unknown, device: EmulatedDevice): IsaProgram {
  const program = refusing(() => (typeof circuit === 'string' ? readQasm(circuit) : readQpy(circuit)));
  checkIsa(program, device);
  return program;
}

function readQasm(source: string): IsaProgram {
  const physical = [...new Set(Array.from(source.matchAll(/\$(\d+)/g), ([, index]) => Number(index)))].sort(
    (a, b) => a - b,
  );
  let text = source;
  if (physical.length > 0) {
    // Hardware qubits become a register, which is declared after the line of the version or the include.
    const dense = new Map(physical.map((qubit, k) => [qubit, k]));
    text = source.replaceAll(/\$(\d+)/g, (_, index) => `hardware_qubits[${dense.get(Number(index))}]`);
    const head = /^(?:\s*OPENQASM[^;]*;)?(?:\s*include[^;]*;)?/.exec(text)?.[0].length ?? 0;
    text = `${text.slice(0, head)} qubit[${physical.length}] hardware_qubits;${text.slice(head)}`;
  }
  const read = readOpenQasm(text, { file: 'circuit' });
  const sorted = [...read.parameterNames].sort();
  const renumbered = read.parameterNames.map((name) => sorted.indexOf(name));
  const gates = read.circuit.gates.map((gate) => ({
    ...gate,
    angles: gate.angles.map(({ constant, terms }) => ({
      constant,
      terms: terms.map((term) => ({ ...term, parameter: term.parameter === null ? null : renumbered[term.parameter] })),
    })),
  }));
  let bits = 0;
  const registers = Array.from(
    source.matchAll(/\b(?:bit(?:\[(\d+)\])?\s+(\w+)|creg\s+(\w+)(?:\[(\d+)\])?)\s*;/g),
    (found) => {
      const size = Number(found[1] ?? found[4] ?? 1);
      const first = bits;
      bits += size;
      const qubitOf = (bit: number) => read.measurements.find((measured) => measured.bit === bit)?.qubit ?? null;
      return { name: found[2] ?? found[3], bits: Array.from({ length: size }, (_, i) => qubitOf(first + i)) };
    },
  );
  return {
    circuit: { ...read.circuit, gates },
    physical: physical.length > 0 ? physical : Array.from({ length: read.circuit.qubits }, (_, k) => k),
    parameterNames: sorted,
    registers,
  };
}

/** Throws {@link IbmRefusal} unless every gate is one of the device's on qubits where it has it. */
function checkIsa({ circuit, physical, registers }: IsaProgram, device: EmulatedDevice): void {
  const invalid = (message: string): never => {
    throw new IbmRefusal(
      400,
      ERROR_CODES.invalidJob,
      message,
      'Transpile the circuit for the basis and coupling of the backend.',
    );
  };
  refusing(() => validateCircuit(circuit));
  const outside = physical.find((qubit) => qubit >= device.qubits);
  if (outside !== undefined) invalid(`qubit ${outside} is not one of the ${device.qubits} of ${device.name}`);
  if (registers.every(({ bits }) => bits.every((bit) => bit === null))) invalid('the circuit measures nothing');
  const pairs = new Set(device.coupling.flatMap(([a, b]) => [`${a},${b}`, `${b},${a}`]));
  const allowed = new Set<string>([...BASIS.single, ...BASIS.pair]);
  for (const { name, qubits } of circuit.gates) {
    const on = qubits.map((qubit) => physical[qubit]);
    const fits = allowed.has(name) && (on.length === 1 || pairs.has(on.join()));
    if (!fits) invalid(`The instruction ${name} on qubits (${on.join(', ')}) is not supported by the target system.`);
  }
}

function refusing<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof IbmRefusal) throw error;
    throw new IbmRefusal(400, ERROR_CODES.invalidJob, String((error as Error).message), 'Check the circuit.');
  }
}
