import { createRandom } from '@qloom/random/random.ts';
import type { DeviceCalibration, EmulatedDevice } from './emulated-device.ts';
import type { IsaProgram } from './isa-program.ts';
import { readNumpyArray, writeNumpyArray } from './numpy-array.ts';
import { readIsaProgram } from './read-isa-program.ts';
import { ERROR_CODES, IbmRefusal } from './refusal.ts';
import { sampleProgram } from './sample-program.ts';

/** Most executions (shots of all rows of all PUBs) of a job. */
const MAX_EXECUTIONS = 10_000_000;
const DEFAULT_SHOTS = 4096;

/** One PUB: a circuit, rows of values for its parameters, and shots of each row. */
export interface SamplerPub {
  readonly program: IsaProgram;
  /** Shape of the rows: empty for one row without parameters. */
  readonly shape: readonly number[];
  readonly rows: readonly Float64Array[];
  readonly shots: number;
}

/** Reads the `params` of a job of the program `sampler`. Throws {@link IbmRefusal} where the service refuses the job. */
export function readSamplerParams(params: unknown, device: EmulatedDevice): SamplerPub[] {
  const { pubs, version, support_qiskit: supportQiskit, options, shots } = (params ?? {}) as Record<string, unknown>;
  const invalid = (message: string, solution = ''): never => {
    throw new IbmRefusal(400, ERROR_CODES.invalidPayload, message, solution);
  };
  if (version !== 2) return invalid(`params.version is ${JSON.stringify(version)}`, '2 is supported.');
  if (supportQiskit !== true)
    return invalid('this emulator answers in the encoding of Qiskit only', 'Set support_qiskit to true.');
  if (!Array.isArray(pubs) || pubs.length === 0) return invalid('params.pubs is empty', 'Send at least one PUB.');
  const { default_shots: defaultShots } = (options ?? {}) as Record<string, unknown>;
  const read = pubs.map((pub: unknown) => readPub(pub, device, Number(shots ?? defaultShots ?? DEFAULT_SHOTS)));
  const executions = read.reduce((sum, pub) => sum + pub.rows.length * pub.shots, 0);
  if (executions > MAX_EXECUTIONS) {
    throw new IbmRefusal(
      400,
      ERROR_CODES.tooManyCircuits,
      `${executions} executions are above the maximum of ${MAX_EXECUTIONS}`,
    );
  }
  return read;
}

function readPub(pub: unknown, device: EmulatedDevice, defaultShots: number): SamplerPub {
  const [circuit, values, given] = Array.isArray(pub) ? pub : [pub];
  const program = readIsaProgram(circuit, device);
  const shots = given ?? defaultShots;
  const fail = (message: string): never => {
    throw new IbmRefusal(400, ERROR_CODES.invalidPayload, message);
  };
  if (!Number.isInteger(shots) || shots < 1) fail(`${shots} shots; an integer above 0 is right`);
  const columns = program.parameterNames.length;
  if (values === null || values === undefined) {
    return columns > 0
      ? fail(`no values for ${columns} parameters`)
      : { program, shape: [], rows: [new Float64Array(0)], shots };
  }
  const array = readArray(values, fail);
  const width = array.shape[array.shape.length - 1] ?? 0;
  if (width !== columns)
    fail(`values of ${width} parameters for a circuit with ${columns}: ${program.parameterNames.join(', ')}`);
  const shape = array.shape.slice(0, -1);
  const rows = Array.from({ length: shape.reduce((product, length) => product * length, 1) }, (_, row) =>
    Float64Array.from(array.values.slice(row * columns, (row + 1) * columns)),
  );
  return { program, shape, rows, shots };
}

function readArray(values: unknown, fail: (message: string) => never) {
  try {
    return readNumpyArray(values);
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** Seconds that the device is busy with all shots of the PUBs: for each the repetition delay, the gates and the measurement. */
export function busySeconds(pubs: readonly SamplerPub[], device: EmulatedDevice): number {
  return pubs.reduce(
    (sum, { program, rows, shots }) =>
      sum + rows.length * shots * (device.repetitionDelay + circuitSeconds(program, device)),
    0,
  );
}

/** Time from the first gate to the last result, each gate as soon as its qubits are free. */
function circuitSeconds({ circuit }: IsaProgram, { durations }: EmulatedDevice): number {
  const free = new Float64Array(circuit.qubits);
  for (const { name, qubits } of circuit.gates) {
    const end = Math.max(...qubits.map((qubit) => free[qubit])) + durations[name];
    for (const qubit of qubits) free[qubit] = end;
  }
  return Math.max(...free) + durations['measure'];
}

/** The results of a job as JSON text, as the client's decoder reads them: a PrimitiveResult with a BitArray for each register. */
export function sampleResults(
  pubs: readonly SamplerPub[],
  noise: { readonly device: EmulatedDevice; readonly calibration: DeviceCalibration } | undefined,
  seed: string,
): string {
  const random = createRandom(0).fork(seed);
  const typed = (type: string, value: unknown) => ({ __type__: type, __value__: value });
  const results = pubs.map(({ program, rows, shape, shots }, pub) => {
    const states = rows.map((row, i) => sampleProgram(program, row, shots, random.fork(`${pub}/${i}`), noise));
    const fields = program.registers.map(({ name, bits }) => [name, bitArray(states, bits, shape, shots)]);
    const data = typed('DataBin', {
      field_names: fields.map(([name]) => name),
      shape,
      fields: Object.fromEntries(fields),
    });
    return typed('SamplerPubResult', { data, metadata: { circuit_metadata: {} } });
  });
  return JSON.stringify(typed('PrimitiveResult', { pub_results: results, metadata: { version: 2 } }));
}

/** Bits of all shots, shape [...shape, shots, bytes]: the last byte of a shot holds bits 0 to 7. */
function bitArray(
  states: readonly Uint32Array[],
  bits: readonly (number | null)[],
  shape: readonly number[],
  shots: number,
) {
  const bytes = Math.ceil(bits.length / 8);
  const values = new Uint8Array(states.length * shots * bytes);
  states.forEach((found, row) => {
    found.forEach((state, shot) => {
      const last = (row * shots + shot + 1) * bytes - 1;
      bits.forEach((qubit, bit) => {
        if (qubit !== null && (state >> qubit) & 1) values[last - (bit >> 3)] |= 1 << (bit & 7);
      });
    });
  });
  const array = writeNumpyArray({ shape: [...shape, shots, bytes], values });
  return { __type__: 'BitArray', __value__: { array, num_bits: bits.length } };
}
