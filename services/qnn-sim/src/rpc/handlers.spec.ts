import { type ServedSimulator, serveSimulator } from '../testing/serve-simulator.ts';

let served: ServedSimulator;

beforeAll(async () => {
  served = await serveSimulator();
});
afterAll(() => served.close());

describe('GetCapabilities', () => {
  it('lists engines, limits and no hyperparameters', async () => {
    const { capabilities } = await served.simulator.getCapabilities({});
    expect(capabilities?.service).toBe('qloom.qnn-sim');
    expect(capabilities?.engines.filter((engine) => engine.selected).map((engine) => engine.name)).toEqual(['wasm']);
    expect(capabilities?.limits.find((limit) => limit.name === 'qubits')?.maximum).toBe(20);
    expect(capabilities?.hyperparameters).toEqual([]);
  });
});
