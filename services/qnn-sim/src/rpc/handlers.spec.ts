import { status } from '@grpc/grpc-js';
import { type ServedSimulator, serveSimulator } from '../testing/serve-simulator.ts';

let served: ServedSimulator;

beforeAll(async () => {
  served = await serveSimulator();
});
afterAll(() => served.close());

describe('GetCapabilities and Critique', () => {
  it('lists engines, limits and no hyperparameters', async () => {
    const { capabilities } = await served.simulator.getCapabilities({});
    expect(capabilities?.service).toBe('qloom.qnn-sim');
    expect(capabilities?.engines.filter((engine) => engine.selected).map((engine) => engine.name)).toEqual(['wasm']);
    expect(capabilities?.limits.find((limit) => limit.name === 'qubits')?.maximum).toBe(20);
    expect(capabilities?.hyperparameters).toEqual([]);
  });

  it('answers Critique with UNIMPLEMENTED and names what would be right', async () => {
    const call = served.simulator.critique();
    await expect(call.receive()).rejects.toMatchObject({
      code: status.UNIMPLEMENTED,
      details: expect.stringContaining('DiscriminatorService.Critique'),
    });
  });
});
