import { inflateSync } from 'node:zlib';
import { type Angle, constant } from '@qloom/quantum/gates/angle.ts';
import type { Gate } from '@qloom/quantum/gates/gate.ts';
import { type GateName, isGateName } from '@qloom/quantum/gates/gates.ts';
import type { IsaProgram } from '../isa-program.ts';
import { type ByteReader, createByteReader } from './byte-reader.ts';
import { type ParameterTable, readExpression, readParameter } from './parameter-expression.ts';

/** Qiskit's classes of instructions, by the name of the gate. */
const CLASSES: Readonly<Record<string, GateName>> = {
  IGate: 'id',
  RZGate: 'rz',
  SXGate: 'sx',
  XGate: 'x',
  CZGate: 'cz',
  HGate: 'h',
  CXGate: 'cx',
  RXGate: 'rx',
  RZZGate: 'rzz',
};

interface Instruction {
  readonly name: string;
  readonly qubits: readonly number[];
  readonly bits: readonly number[];
  readonly angles: readonly Angle[];
}

/**
 * Reads a QuantumCircuit as the client sends it: `{__type__: 'QuantumCircuit', __value__}` with a file of QPY, version 16 or 17,
 * compressed by zlib, in base64. Only what ISA circuits of gates and final measurements hold is read; throws for anything else.
 * Source: Qiskit's documentation of the QPY format.
 */
export function readQpy(value: unknown): IsaProgram {
  const { __type__: type, __value__: content } = (value ?? {}) as Record<string, unknown>;
  if (type !== 'QuantumCircuit' || typeof content !== 'string')
    throw new Error('a circuit is OpenQASM 3 or a QuantumCircuit');
  const reader = createByteReader(inflateSync(Buffer.from(content, 'base64')));
  if (reader.text(6) !== 'QISKIT') throw new Error('QPY: the file does not start with QISKIT');
  const version = reader.u8();
  if (version < 16 || version > 17) throw new Error(`QPY: version ${version}; 16 and 17 are read`);
  reader.bytes(3);
  const programs = reader.u64();
  const encoding = reader.text(1);
  const program = reader.text(1);
  if (programs !== 1 || program !== 'q' || encoding !== 'p') throw new Error('QPY: one circuit is right');
  reader.seek(reader.u64());
  return readCircuit(reader);
}

function readCircuit(reader: ByteReader): IsaProgram {
  const nameSize = reader.u16();
  const phaseType = reader.text(1);
  const phaseSize = reader.u16();
  reader.u32();
  const bitCount = reader.u32();
  const metadataSize = reader.u64();
  const registerCount = reader.u32();
  const instructionCount = reader.u64();
  const variables = reader.u32();
  if (variables > 0) throw new Error('QPY: circuits with variables are not read');
  reader.bytes(nameSize);
  const table: ParameterTable = new Map();
  const phase = createByteReader(reader.bytes(phaseSize));
  // The phase of the whole state changes nothing, but its parameters are the circuit's.
  if (phaseType === 'e') readExpression(phase, table);
  if (phaseType === 'p') readParameter(phase, table);
  reader.bytes(metadataSize);
  const registers = Array.from({ length: registerCount }, () => readRegister(reader)).filter(
    ({ type }) => type === 'c',
  );
  if (reader.u32() > 0) throw new Error('QPY: annotations are not read');
  if (reader.u64() > 0)
    throw new Error('QPY: instructions with definitions are not read; the gates of the basis are right');
  const instructions = Array.from({ length: instructionCount }, () => readInstruction(reader, table));
  return toProgram(instructions, registers, bitCount, table);
}

function readRegister(reader: ByteReader) {
  const type = reader.text(1);
  reader.u8();
  const size = reader.u32();
  const nameSize = reader.u16();
  const inCircuit = reader.u8() === 1;
  const name = reader.text(nameSize);
  const bits = Array.from({ length: size }, () => reader.i64());
  return { type: inCircuit ? type : '', name, bits };
}

function readInstruction(reader: ByteReader, table: ParameterTable): Instruction {
  const sizes = {
    name: reader.u16(),
    label: reader.u16(),
    angles: reader.u16(),
    qubits: reader.u32(),
    bits: reader.u32(),
  };
  const extras = reader.u8();
  const conditionSize = reader.u16();
  reader.i64();
  reader.bytes(8);
  if (extras !== 0 || conditionSize !== 0) throw new Error('QPY: conditions and annotations are not read');
  const name = reader.text(sizes.name);
  reader.bytes(sizes.label);
  const argument = () => {
    reader.text(1);
    return reader.u32();
  };
  const qubits = Array.from({ length: sizes.qubits }, argument);
  const bits = Array.from({ length: sizes.bits }, argument);
  const angles = Array.from({ length: sizes.angles }, () => readAngle(reader, table));
  return { name, qubits, bits, angles };
}

function readAngle(reader: ByteReader, table: ParameterTable): Angle {
  const type = reader.text(1);
  const data = reader.bytes(reader.u64());
  // Numbers of instructions are little-endian, unlike all other fields.
  if (type === 'f') return constant(data.readDoubleLE());
  if (type === 'i') return constant(Number(data.readBigInt64LE()));
  if (type === 'p') return readParameter(createByteReader(data), table).angle;
  if (type === 'e') return readExpression(createByteReader(data), table);
  throw new Error(`QPY: a parameter of the kind ${type} is not read`);
}

function toProgram(
  instructions: readonly Instruction[],
  registers: readonly { readonly name: string; readonly bits: readonly number[] }[],
  bitCount: number,
  table: ParameterTable,
): IsaProgram {
  const acting = instructions.filter(({ name }) => name !== 'Barrier');
  const physical = [...new Set(acting.flatMap(({ qubits }) => qubits))].sort((a, b) => a - b);
  const dense = new Map(physical.map((qubit, k) => [qubit, k]));
  const held = new Array<number | null>(bitCount).fill(null);
  const gates: Gate[] = [];
  const measured = new Set<number>();
  const sorted = [...table.keys()].sort();
  const order = [...table.keys()].map((name) => sorted.indexOf(name));
  for (const { name, qubits, bits, angles } of acting) {
    const on = qubits.map((qubit) => dense.get(qubit) ?? 0);
    if (on.some((qubit) => measured.has(qubit))) throw new Error('QPY: a qubit is used after its measurement');
    if (name === 'Measure') {
      measured.add(on[0]);
      held[bits[0]] = on[0];
      continue;
    }
    const gate = CLASSES[name];
    if (gate === undefined || !isGateName(gate))
      throw new Error(`QPY: the instruction ${name} is not supported by the target system`);
    const renamed = angles.map(({ constant: value, terms }) => ({
      constant: value,
      terms: terms.map((term) => ({ ...term, parameter: term.parameter === null ? null : order[term.parameter] })),
    }));
    gates.push({ name: gate, qubits: on, angles: renamed });
  }
  return {
    circuit: { qubits: physical.length, inputs: 0, parameters: sorted.map(() => 'angle'), gates },
    physical,
    parameterNames: sorted,
    registers: registers.map(({ name, bits }) => ({ name, bits: bits.map((bit) => held[bit] ?? null) })),
  };
}
