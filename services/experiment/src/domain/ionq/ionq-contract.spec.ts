import type { IonqEmulatorOptions } from '@qloom/testing/ionq/ionq-emulator.ts';
import { describeBackendContract } from '../../testing/backend-contract.ts';
import { openIonqWorld } from '../../testing/ionq-world.ts';

async function open(fields: string, pricing?: IonqEmulatorOptions['pricing']) {
  const { backend, emulator, clock, close } = await openIonqWorld({ pricing }, fields);
  return {
    backend,
    tick: async () => clock.advance(1000),
    accepted: () => emulator.jobs.length,
    loseNextReply: () => emulator.failNext('POST /jobs', 'lost-reply'),
    limitNext: (retryAfterMs: number) =>
      emulator.failNext('POST /jobs', { status: 429, retryAfterSeconds: retryAfterMs / 1000 }),
    failNext: () => emulator.failNextJob('QuantumComputerError', 'a fault of the device'),
    holdQueue(isHeld: boolean) {
      emulator.settings.isHeld = isHeld;
    },
    close,
  };
}

const DEVICE = 'device: qpu.emulated-1';
describeBackendContract('ionq, priced by gates', { open: () => open(DEVICE) });
describeBackendContract('ionq, priced by time, in sessions', {
  open: () => open(`${DEVICE}\nsessions: true`, { unit: 'compute_second', perSecond: 2 }),
});
describeBackendContract('ionq, its simulator', { open: () => open('device: simulator') });
