import { createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { type BraketEmulatorOptions, startBraketEmulator } from '@qloom/testing/braket/braket-emulator.ts';
import { describeBackendContract } from '../../testing/backend-contract.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import type { Job } from '../backend/backend.ts';
import { NotAcceptedError } from '../backend/errors.ts';
import { createBraketBackend } from './braket-backend.ts';

const NEVER = new AbortController().signal;

async function open(device: BraketEmulatorOptions['device'] = {}) {
  const clock = createManualClock();
  const emulator = await startBraketEmulator({ now: clock.now, queueSeconds: 2, runSeconds: 1, device });
  const backend = createBraketBackend({
    name: 'garnet',
    deviceArn: emulator.device.arn,
    bucket: 'amazon-braket-results',
    prefix: 'qloom',
    region: 'eu-north-1',
    perTask: 0.3,
    endpoint: emulator.url,
    env: { AWS_ACCESS_KEY_ID: 'emulated', AWS_SECRET_ACCESS_KEY: 'emulated' },
  });
  return {
    backend,
    emulator,
    async tick() {
      clock.advance(1000);
    },
    accepted: () => emulator.tasks.length,
    loseNextReply: emulator.loseNextReply,
    limitNext: (retryAfterMs: number) => emulator.throttleNext(retryAfterMs / 1000),
    failNext: () => emulator.failNext('the compilation failed'),
    holdQueue: emulator.holdQueue,
    async close() {
      await backend.close();
      await emulator.stop();
    },
  };
}

describeBackendContract('braket, on its emulator', { open: () => open() });

describe('a device of Braket', () => {
  it('reads limits, price and calibration from the device, and that it is offline', async () => {
    const { backend, emulator, close } = await open();
    const description = await backend.describe(NEVER);
    expect(description).toMatchObject({
      online: true,
      qubits: 6,
      basisGates: ['cz', 'prx'],
      limits: { maxShots: 20_000, maxExecutions: 100, maxJobShots: 200_000, sameShots: true },
      price: { unit: 'USD', perJob: 0.3, perShot: 0.00145 },
    });
    expect(description.calibration?.t1[0]).toBeCloseTo(40e-6, 12);
    emulator.setOnline(false);
    expect(await backend.describe(NEVER)).toMatchObject({ online: false, reason: 'the device is offline' });
    await close();
  });

  const jobOf = (token: string, executions: number): Job => {
    const circuit = createCircuitBuilder({ qubits: 3 }).gate('x', [0]).gate('cx', [0, 2]).build();
    const one = { circuit, parameters: new Float64Array(0), inputs: new Float64Array(0), qubits: [2, 1], shots: 30 };
    return { token, executions: new Array(executions).fill(one), maxCost: 100, seed: 1 };
  };

  it('takes one execution a task where it has no program sets', async () => {
    const { backend, tick, close } = await open({ programSets: undefined });
    expect((await backend.describe(NEVER)).limits).toMatchObject({ maxExecutions: 1 });
    await expect(backend.submit(jobOf('two', 2), NEVER)).rejects.toThrow('a job of 2 executions; at most 1 are right');
    const job = jobOf('one', 1);
    const id = await backend.submit(job, NEVER);
    while ((await backend.status(id, NEVER)).state !== 'completed') await tick();
    expect((await backend.results(id, job, NEVER)).counts).toEqual([new Map([[0b01, 30]])]);
    await close();
  });

  it('accepts nothing while it is offline, and later what was not accepted', async () => {
    const { backend, emulator, accepted, close } = await open();
    await backend.describe(NEVER);
    emulator.setOnline(false);
    await expect(backend.submit(jobOf('offline', 1), NEVER)).rejects.toThrow(NotAcceptedError);
    expect(accepted()).toBe(0);
    emulator.setOnline(true);
    await backend.submit(jobOf('offline', 1), NEVER);
    expect(accepted()).toBe(1);
    await close();
  });

  it('has accepted nothing where no connection was made', async () => {
    const { backend, emulator, close } = await open();
    await emulator.stop();
    await expect(backend.submit(jobOf('refused', 1), NEVER)).rejects.toThrow(NotAcceptedError);
    await close();
  });

  it('has another calibration after it was calibrated', async () => {
    const { backend, emulator, tick, close } = await open();
    const before = (await backend.describe(NEVER)).calibration;
    await tick();
    emulator.calibrate();
    const after = (await backend.describe(NEVER)).calibration;
    expect(after?.id).not.toBe(before?.id);
    expect(after?.couplingErrors[0]).toBeGreaterThan(before?.couplingErrors[0] ?? 1);
    await close();
  });
});
