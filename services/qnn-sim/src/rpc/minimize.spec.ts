import { status } from '@grpc/grpc-js';
import { MinimizeRequest, type MinimizeResponse } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { decodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { type ServedSimulator, serveSimulator } from '../testing/serve-simulator.ts';

let served: ServedSimulator;

beforeAll(async () => {
  served = await serveSimulator();
});
afterAll(() => served.close());

describe('Minimize', () => {
  const request = (given: object = {}) =>
    MinimizeRequest.fromPartial({
      circuit: { qubits: 4, layers: 4, ansatz: 'tfim-variational', ansatzOptions: { shared: 'false' } },
      hamiltonian: '-1*Z0 Z1 - 1*Z1 Z2 - 1*Z2 Z3 - 1*X0 - 1*X1 - 1*X2 - 1*X3',
      seed: 1,
      ...given,
    });
  const partsOf = async (call: AsyncIterable<MinimizeResponse>) => {
    const parts: NonNullable<MinimizeResponse['part']>[] = [];
    for await (const { part } of call) if (part) parts.push(part);
    return parts;
  };

  it('streams progress and ends in the ground energy', async () => {
    const parts = await partsOf(served.simulator.minimize(request({ restarts: 2 })));
    const last = parts.at(-1);
    if (last?.$case !== 'result') throw new Error('the last message is no result');
    // Pfeuty (1970): 1 − 1/sin(π/(2(2n + 1))) for the critical open chain of n spins.
    expect(last.value.energy).toBeCloseTo(1 - 1 / Math.sin(Math.PI / 18), 6);
    expect(parts.slice(0, -1).every((part) => part.$case === 'progress')).toBe(true);
    expect(parts.length).toBeGreaterThan(1);
    expect(decodeTensor(last.value.parameters, { dtype: 'float64' }).length).toBe(4 * 7);
  });

  it('ends when the call is cancelled, and frees the thread', async () => {
    const controller = new AbortController();
    const call = served.simulator.minimize(request({ optimizer: 'adam', steps: 100_000, gradientTolerance: 1e-300 }), {
      signal: controller.signal,
    });
    const ended = (async () => {
      for await (const _ of call) controller.abort();
    })();
    await expect(ended).rejects.toMatchObject({ code: status.CANCELLED });
    await served.loadOf(0);
  });

  it.each<[object, string]>([
    [{ hamiltonian: '' }, 'hamiltonian: is empty'],
    [{ hamiltonian: 'Z9' }, 'qubit 9 is not one of 0 … 3'],
    [{ optimizer: 'sgd' }, "optimizer: is 'sgd'; right would be l-bfgs, adam"],
    [{ restarts: 101 }, 'restarts: is 101; right would be 1 to 100'],
    [{ circuit: { qubits: 2, layers: 1, ansatz: 'hardware-efficient', inputs: 1 } }, 'circuit.inputs: are 1'],
  ])('refuses %#', async (given, message) => {
    const call = partsOf(served.simulator.minimize(request(given)));
    await expect(call).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(call).rejects.toThrow(message);
  });
});
