import { describeBackendContract } from '../../testing/backend-contract.ts';
import { openIbmWorld } from '../../testing/ibm-world.ts';

async function open(noise: boolean) {
  const { backend, emulator, clock, close } = await openIbmWorld({ noise });
  return {
    backend,
    tick: async () => clock.advance(1000),
    accepted: () => emulator.jobs.length,
    loseNextReply: () => emulator.faults.next('POST /jobs', { kind: 'lost-reply' }),
    limitNext(retryAfterMs: number) {
      const retryAfterSeconds = retryAfterMs / 1000;
      emulator.faults.next('POST /jobs', { kind: 'error', status: 429, code: 1202, retryAfterSeconds });
    },
    failNext: () => emulator.failNextJob({ reason: 'a fault of the device', code: 9999 }),
    holdQueue(isHeld: boolean) {
      emulator.settings.queueSeconds = isHeld ? 1e9 : 0;
    },
    close,
  };
}

describeBackendContract('ibm, without noise', { open: () => open(false) });
// The largest readout error of the emulated device and those of a few gates.
describeBackendContract('ibm, with noise', { open: () => open(true), noise: 0.08 });
