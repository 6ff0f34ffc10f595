import { type IonqEmulator, type IonqEmulatorOptions, startIonqEmulator } from '@qloom/testing/ionq/ionq-emulator.ts';
import type { ExperimentBackend } from '../domain/backend/backend.ts';
import { openBackends } from '../domain/providers/backends-file.ts';
import type { ProviderContext } from '../domain/providers/provider.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createMemoryStore } from './memory-store.ts';

/** An emulator and a backend on it, on one clock. */
export interface IonqWorld {
  readonly backend: ExperimentBackend;
  readonly emulator: IonqEmulator;
  readonly clock: ManualClock;
  close(): Promise<void>;
}

/** Starts an emulator and opens a backend on it from a file of backends; `fields` are its lines beside the address. */
export async function openIonqWorld(
  options: IonqEmulatorOptions = {},
  fields = 'device: qpu.emulated-1',
  env?: ProviderContext['env'],
): Promise<IonqWorld> {
  const clock = createManualClock();
  const emulator = await startIonqEmulator({ now: clock.now, ...options });
  const lines = ['- name: ionq', 'provider: ionq', `url: ${emulator.url}`, ...fields.split('\n')];
  try {
    const [backend] = openBackends('/etc/backends.yaml', () => lines.join('\n  '), {
      clock,
      store: createMemoryStore(),
      env: env ?? { QLOOM_IONQ_API_KEY: emulator.apiKey },
      fetch,
      transpile: () => Promise.reject(new Error('no translation on a thread')),
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
