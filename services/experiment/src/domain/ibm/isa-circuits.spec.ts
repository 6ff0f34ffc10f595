import type { Circuit } from '@qloom/quantum/circuit.ts';
import { CircuitError } from '@qloom/quantum/errors.ts';
import { gate } from '@qloom/quantum/gates/gate-algebra.ts';
import { transpile } from '@qloom/quantum/transpile/transpile.ts';
import type { IbmDevice } from './device.ts';
import { createIsaCircuits } from './isa-circuits.ts';

const circuitOf = (qubits: number): Circuit => ({ qubits, inputs: 0, parameters: [], gates: [gate('h', [0])] });

const deviceOf = (id: string): IbmDevice => ({
  target: { qubits: 2, basisGates: ['rz', 'sx', 'x', 'cz'], coupling: [[0, 1]] },
  calibration: { id, timeMs: 0, readoutErrors: [], gateErrors: [], couplingErrors: [], t1: [], t2: [] },
  repetitionDelay: 0,
  durations: new Map(),
});

describe('createIsaCircuits', () => {
  it('translates equal circuits once for a calibration, at the same time too', async () => {
    let translations = 0;
    const circuits = createIsaCircuits(async ({ circuit, target }) => {
      translations++;
      return transpile(circuit, target);
    });
    const [first, equal] = [circuitOf(2), circuitOf(2)];
    const found = await Promise.all([first, equal, first].map((one) => circuits.of(one, deviceOf('one'))));
    expect(new Set(found).size).toBe(1);
    expect(translations).toBe(1);
    await circuits.of(circuitOf(1), deviceOf('one'));
    expect(translations).toBe(2);
    await circuits.of(first, deviceOf('two'));
    expect(translations).toBe(3);
  });

  it('tries again what failed, and passes on why', async () => {
    let fails = true;
    const circuits = createIsaCircuits(async ({ circuit, target }) => {
      if (fails) throw new Error('the thread ended');
      return transpile(circuit, target);
    });
    const circuit = circuitOf(2);
    await expect(circuits.of(circuit, deviceOf('one'))).rejects.toThrow('the thread ended');
    fails = false;
    expect((await circuits.of(circuit, deviceOf('one'))).columns).toBe(0);
    await expect(circuits.of(circuitOf(3), deviceOf('one'))).rejects.toBeInstanceOf(CircuitError);
  });
});
