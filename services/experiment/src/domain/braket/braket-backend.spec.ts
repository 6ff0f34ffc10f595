import { startBraketEmulator } from '@qloom/testing/braket/braket-emulator.ts';
import { describeBackendContract } from '../../testing/backend-contract.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createBraketBackend } from './braket-backend.ts';

const NEVER = new AbortController().signal;

async function open() {
  const clock = createManualClock();
  const emulator = await startBraketEmulator({ now: clock.now, queueSeconds: 2, runSeconds: 1 });
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

describeBackendContract('braket, on its emulator', { open });

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
});
