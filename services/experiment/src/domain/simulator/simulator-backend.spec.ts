import { transpile } from '@qloom/quantum/transpile/transpile.ts';
import { describeBackendContract } from '../../testing/backend-contract.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createMemoryStore } from '../../testing/memory-store.ts';
import { openBackends } from '../providers/backends-file.ts';
import type { Transpile } from '../providers/provider.ts';
import { simulate } from './simulate.ts';

const FILES: Readonly<Record<string, string>> = {
  '/etc/backends.yaml': `
- name: device
  provider: simulator
  qubits: 3
  calibration: calibration.yaml
  drift: {spread: 0.2}
  queueSeconds: 30
  jobSeconds: 2
  shotSeconds: 0.001
  price: {unit: USD, perJob: 0.3, perShot: 0.00035, perSecond: 0.1}
  limits: {maxShots: 10000, maxExecutions: 10}
`,
  '/etc/calibration.yaml': `
time: 2025-11-30T00:00:00Z
readoutErrors: [0.01, 0.02, 0.01]
gateErrors: [0.0003, 0.0002, 0.0004]
coupling: [[0, 1], [1, 2]]
couplingErrors: [0.006, 0.008]
t1: [0.0001, 0.00012, 0.00009]
t2: [0.00008, 0.00015, 0.0001]
`,
};

function open(file: string | undefined) {
  const clock = createManualClock();
  const store = createMemoryStore();
  const context = {
    clock,
    store,
    env: {},
    fetch,
    transpile: async ({ circuit, target }: Parameters<Transpile>[0]) => transpile(circuit, target),
    simulate: async (task: Parameters<typeof simulate>[0]) => simulate(task),
  };
  const [backend] = openBackends(file, (path) => FILES[path], context);
  const submitted = new Set<string>();
  return {
    backend: {
      ...backend,
      async submit(...given: Parameters<typeof backend.submit>) {
        const id = await backend.submit(...given);
        submitted.add(id);
        return id;
      },
    },
    async tick() {
      clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    },
    accepted: () => submitted.size,
    close: () => backend.close(),
    ...(file === undefined
      ? {}
      : // Each job waits for half a minute.
        { holdQueue() {} }),
  };
}

describeBackendContract('simulator, exact', { open: async () => open(undefined) });
describeBackendContract('simulator, as a device', {
  open: async () => open('/etc/backends.yaml'),
  // Readout, drifted, and the gates' errors.
  noise: 0.08,
});
