import { transpile } from '@qloom/quantum/transpile/transpile.ts';
import { type IbmEmulator, type IbmEmulatorOptions, startIbmEmulator } from '@qloom/testing/ibm/ibm-emulator.ts';
import type { ExperimentBackend } from '../domain/backend/backend.ts';
import { openBackends } from '../domain/providers/backends-file.ts';
import type { ProviderContext } from '../domain/providers/provider.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createMemoryStore } from './memory-store.ts';

/** An emulator and a backend on it, on one clock. */
export interface IbmWorld {
  readonly backend: ExperimentBackend;
  readonly emulator: IbmEmulator;
  readonly clock: ManualClock;
  close(): Promise<void>;
}

/** Starts an emulator and opens a backend on it from a file of backends; `fields` are more lines of the file. */
export async function openIbmWorld(
  settings: IbmEmulatorOptions['settings'] = {},
  fields = '',
  env?: ProviderContext['env'],
  onRequest?: IbmEmulatorOptions['onRequest'],
): Promise<IbmWorld> {
  const clock = createManualClock();
  const emulator = await startIbmEmulator({ now: clock.now, settings, ...(onRequest ? { onRequest } : {}) });
  const lines = [
    '- name: ibm',
    'provider: ibm',
    'device: ibm_emulated',
    `instance: "${emulator.crn}"`,
    `url: ${emulator.url}`,
    `iamUrl: ${emulator.url}`,
    ...fields.split('\n').filter((line) => line !== ''),
  ];
  try {
    const [backend] = openBackends('/etc/backends.yaml', () => lines.join('\n  '), {
      clock,
      store: createMemoryStore(),
      env: env ?? { QLOOM_IBM_API_KEY: emulator.apiKey },
      fetch,
      transpile: async ({ circuit, target }) => transpile(circuit, target),
      simulate: () => Promise.reject(new Error('no simulation')),
    });
    const close = async () => {
      await backend.close();
      await emulator.stop();
    };
    return { backend, emulator, clock, close };
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}
