import { setImmediate as nextTurn } from 'node:timers/promises';
import { startIonqEmulator } from '@qloom/testing/ionq/ionq-emulator.ts';
import { openBackends } from '../domain/providers/backends-file.ts';
import type { OpenVendor } from './chaos.ts';
import { createMemoryStore } from './memory-store.ts';

/** Price of a job of the cases, which is the minimum. Unit: USD. */
const JOB_PRICE = 0.5;

/** IonQ's emulator with the faults of a case, and an adapter for each process. The clock stands while a request is on its way. */
export const openIonqVendor: OpenVendor = async ({ clock, random, faults, onAccept }) => {
  const counted = new Map<string, number>();
  const happens = (fault: string, probability: number): boolean => {
    if (random.uniform() >= probability) return false;
    counted.set(fault, (counted.get(fault) ?? 0) + 1);
    return true;
  };
  const emulator = await startIonqEmulator({
    now: clock.now,
    settings: { queueSeconds: 5, listDelaySeconds: faults.lateMs / 1000, costDelaySeconds: 3 },
    onRequest(route) {
      if (route !== 'POST /jobs') {
        if (happens('unanswered', faults.unanswered / 3)) emulator.failNext(route, { status: 503 });
        return;
      }
      if (happens('limited', faults.limited)) emulator.failNext(route, { status: 429, retryAfterSeconds: 3 });
      else if (happens('reset', faults.reset)) emulator.failNext(route, { status: 502 });
      else {
        if (happens('failed', faults.failed)) emulator.failNextJob('QuantumComputerError', 'a fault of the device');
        if (happens('lost reply', faults.lostReply)) emulator.failNext(route, 'lost-reply');
        onAccept();
      }
    },
  });
  let onTheirWay = 0;
  /** Counts a request until its whole answer is there. */
  const counting: typeof fetch = async (...given) => {
    onTheirWay++;
    try {
      const response = await fetch(...given);
      const { status, headers } = response;
      return new Response(await response.arrayBuffer(), { status, headers });
    } finally {
      onTheirWay--;
    }
  };
  const file = `
- name: vendor
  provider: ionq
  device: ${emulator.device.name}
  url: ${emulator.url}
  limits: {maxExecutions: 2, maxPendingJobs: 3}
  minimumPer: job
  timeoutSeconds: 10
`;
  const context = {
    clock,
    store: createMemoryStore(),
    env: { QLOOM_IONQ_API_KEY: emulator.apiKey },
    fetch: counting,
    transpile: () => Promise.reject(new Error('no translation on a thread')),
    simulate: () => Promise.reject(new Error('no simulation')),
  };
  return {
    get backend() {
      return openBackends('/etc/backends.yaml', () => file, context)[0];
    },
    get jobs() {
      return emulator.jobs.map(({ id, payload, charged }) => ({ id, token: payload.name ?? '', cost: charged }));
    },
    faults: counted,
    charged: () => emulator.jobs.reduce((sum, { failure }) => sum + (failure ? 0 : JOB_PRICE), 0),
    costOf: (jobs) => JOB_PRICE * jobs,
    async settled() {
      while (onTheirWay > 0) await nextTurn();
    },
    close: () => emulator.stop(),
  };
};
