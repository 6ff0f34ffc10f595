import { pauli } from '@qloom/quantum/observables/observable.ts';
import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import { assemble, type CompileOptions, type Program, planProgram } from '../compile.ts';
import type { Int, Kernel, Statement, Vector } from '../printing/ir.ts';
import { writeKernels } from '../printing/module.ts';
import { writeColumnKernels } from './column-module.ts';
import { ASSUMED_ROWS, type Operations, takesColumns } from './operations.ts';

const OPTIONS: CompileOptions = {
  precision: 'float32',
  registers: 1,
  fused: false,
  maxBytes: 2 ** 30,
  encodeOnce: true,
};

/**
 * Counts the multiplications and additions that a kernel executes, by iterating its loops; 80 for a cosine with its
 * sine.
 */
function countKernel(kernels: ReadonlyMap<string, Kernel>, name: string, given: readonly number[]): number {
  if (name === 'sincos') return (80 * (given[1] - given[0])) / 32;
  const kernel = kernels.get(name);
  // setAngles and addAngles: float64, and a few operations.
  if (kernel === undefined) return 0;
  const ints = [...given];
  const number = (value: Int): number => {
    switch (value[0]) {
      case 'iconst':
        return value[1];
      case 'iget':
        return ints[value[1]];
      case 'iadd':
        return number(value[1]) + number(value[2]);
      case 'ishl':
        return number(value[1]) << value[2];
      case 'ishr':
        return number(value[1]) >>> value[2];
      default:
        // Addresses of tables and signs, which are not the ends of loops.
        return 0;
    }
  };
  const arithmetic = (value: Vector): number => {
    switch (value[0]) {
      case 'get':
      case 'load':
      case 'splat':
      case 'constant':
        return 0;
      case 'madd':
      case 'nmadd':
        return 2 + arithmetic(value[1]) + arithmetic(value[2]) + arithmetic(value[3]);
      default:
        return 1 + arithmetic(value[1]) + arithmetic(value[2]);
    }
  };
  const run = (statement: Statement): number => {
    switch (statement[0]) {
      case 'set':
        return arithmetic(statement[2]);
      case 'store':
        return arithmetic(statement[3]);
      case 'iset':
        ints[statement[1]] = number(statement[2]);
        return 0;
      case 'call':
        return countKernel(kernels, statement[1], statement[2].map(number));
      case 'loop': {
        const [, counter, end, step, body] = statement;
        let total = 0;
        do {
          for (const inner of body) total += run(inner);
          ints[counter] += step;
        } while (ints[counter] < ints[end]);
        return total;
      }
    }
  };
  return kernel.body.reduce((total, statement) => total + run(statement), 0);
}

/** The operations of the kernels, counted individually. */
function countProgram(program: Program): Operations {
  const { encodeOnce, memory, shape, angles } = program;
  if (encodeOnce === null) throw new TypeError('the circuit encodes once');
  const all = writeKernels(program, (context) => writeColumnKernels(context, encodeOnce.columns, angles));
  const kernels = new Map(all.map((kernel) => [kernel.name, kernel]));
  const { blocks, block } = memory;
  const of = (name: string, ...given: number[]) => countKernel(kernels, name, given);
  return {
    rowWise: of('gradients', blocks, blocks + block.bytes),
    perRow:
      of('evaluateRows', blocks, blocks + block.bytes) + of('collectBlocks', blocks, blocks + 4 * block.bytes) / 4,
    // A vector corresponds to one row in each lane.
    perVector: shape.lanes * (of('prepareColumns') + of('settleTotals') + of('returnColumns')),
  };
}

describe('countOperations', () => {
  it.each([
    { qubits: 3, layers: 2, inputs: 2, classes: 1 },
    { qubits: 4, layers: 6, inputs: 4, classes: 4 },
    { qubits: 4, layers: 20, inputs: 4, classes: 2 },
    { qubits: 6, layers: 3, inputs: 6, classes: 3 },
    { qubits: 4, layers: 5, inputs: 16, classes: 2, encoding: 'amplitude' as const },
    { qubits: 5, layers: 4, inputs: 3, classes: 2, paulis: 'XYIZ' },
  ])('is within a seventh of the operations of the kernels: %o', ({ classes, paulis = 'Z', ...settings }) => {
    const encodingOptions: Record<string, boolean> = settings.encoding ? {} : { reupload: false };
    const circuit = buildQnnCircuit({ ...settings, ansatz: 'hardware-efficient', encodingOptions });
    const observables = Array.from({ length: classes }, (_, q) =>
      pauli(
        paulis,
        Array.from(paulis, (_, i) => q + i),
      ),
    );
    const program = planProgram(circuit, observables, OPTIONS);
    const [counted, done] = [program.encodeOnce?.operations as Operations, countProgram(program)];
    for (const key of ['rowWise', 'perRow', 'perVector'] as const) {
      const ratio = counted[key] / done[key];
      if (!(ratio > 6 / 7 && ratio < 7 / 6)) throw new Error(`${key}: ${counted[key]} counted, ${done[key]} done`);
    }
  });
});

describe('takesColumns', () => {
  const operations = { rowWise: 100, perRow: 20, perVector: 8000 };

  it('compares the cost of a parameter vector with that of its rows', () => {
    expect(takesColumns(operations, 145)).toBe(false);
    expect(takesColumns(operations, 146)).toBe(true);
    expect(takesColumns({ ...operations, perRow: 75 }, 1e9)).toBe(false);
  });

  const planned = (layers: number, encodeOnce: CompileOptions['encodeOnce'], reupload = false) => {
    const circuit = buildQnnCircuit({
      ...{ qubits: 4, layers, ansatz: 'hardware-efficient', inputs: 4 },
      encodingOptions: { reupload },
    });
    return planProgram(circuit, [pauli('Z', [0])], { ...OPTIONS, encodeOnce });
  };

  it('decides for batches by the assumed number of rows, unless the option is set', () => {
    const deep = planned(20, 'auto').encodeOnce;
    expect(deep).toMatchObject({ forBatches: true, choosesByRows: true });
    expect(takesColumns(deep?.operations as Operations, ASSUMED_ROWS)).toBe(true);
    expect(planned(1, 'auto').encodeOnce).toBeNull();
    expect(planned(1, true).encodeOnce).toMatchObject({ forBatches: true, choosesByRows: false });
    expect(planned(20, false).encodeOnce).toBeNull();
    expect(planned(20, true, true).encodeOnce).toBeNull();
  });

  it('takes no memory for columns on 12 qubits, and little time and memory for the count on 20', () => {
    for (const qubits of [12, 20]) {
      const circuit = buildQnnCircuit({
        ...{ qubits, layers: 20, ansatz: 'hardware-efficient', inputs: qubits },
        encodingOptions: { reupload: false },
      });
      const program = planProgram(circuit, [pauli('Z', [0])], { ...OPTIONS, encodeOnce: 'auto' });
      expect(program.encodeOnce).toBeNull();
    }
  });

  it('executes row by row if columns would not fit', () => {
    const needed = planned(20, true).bytes;
    const less = planned(20, false).bytes;
    expect(less).toBeLessThan(needed);
    const circuit = planned(20, true).structure.circuit;
    const program = planProgram(circuit, [pauli('Z', [0])], { ...OPTIONS, maxBytes: needed - 1 });
    expect(program.encodeOnce).toBeNull();
    expect(program.bytes).toBe(less);
  });

  it('adds nothing to the module of a circuit that is executed row by row', () => {
    const size = (program: Program) => assemble(program, OPTIONS).length;
    expect(size(planned(1, 'auto'))).toBe(size(planned(1, false)));
    expect(size(planned(20, 'auto'))).toBeGreaterThan(size(planned(20, false)));
  });
});
