import { twoWorkerRows } from './two-workers.ts';

describe('twoWorkerRows', () => {
  it('times a batch on one thread and on two, and says what the machine has for two', async () => {
    let ms = 0;
    // A clock that advances 750 ms a look: 250 for each of the three steps that tell how long one takes, so one step a round.
    const [row] = await twoWorkerRows({ qubits: 2, layers: 1, batch: 4 }, 'wasm', () => (ms += 750));
    expect(row).toMatchObject({ value: 750, peerValue: 750, ratio: 1, unit: 'ms', case: 'n=2 L=1 B=4, wasm' });
    expect(row.note).toBe('two batches at once on two threads of their own: 2.00 times as many');
  });
});
