import { writeFile } from 'node:fs/promises';
import { type IonqEmulator, startIonqEmulator } from '@qloom/testing/ionq/ionq-emulator.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { rotations } from '../testing/circuit-tasks.ts';
import { type ServedExperiment, serveExperiment } from '../testing/serve-experiment.ts';

/** How much faster the emulator's clock goes than the machine's. */
const SPEED = 1000;

describe('ExperimentService on a device of IonQ', () => {
  let folder: TempFolder;
  let emulator: IonqEmulator;
  let served: ServedExperiment;

  beforeAll(async () => {
    folder = await createTempFolder();
    const startMs = Date.now();
    emulator = await startIonqEmulator({ now: () => startMs + SPEED * (Date.now() - startMs) });
    await writeFile(folder.file('key'), emulator.apiKey);
    served = await serveExperiment(`
- name: ionq
  provider: ionq
  device: qpu.emulated-1
  url: ${emulator.url}
  apiKeyFile: ${folder.file('key')}
  limits: {maxExecutions: 10}
  pollSeconds: 0.02
  timeoutSeconds: 1
`);
  });
  afterAll(async () => {
    await served.close();
    await emulator.stop();
    await folder.remove();
  });

  it('pays once for a job whose reply was lost, and waits as long as a rate limit asks', async () => {
    emulator.failNext('POST /jobs', 'lost-reply');
    // The job is in no list at first, for nearly as long as the adapter says that it may take.
    emulator.settings.listDelaySeconds = 1.8 * SPEED;
    const angles = Array.from({ length: 25 }, (_, i) => 0.1 * i);
    const responses = await served.run({ backend: 'ionq', run: 'rows' }, [rotations(0, angles, 500)]);
    const counts = responses.flatMap(({ part }) => (part?.$case === 'counts' ? [part.value] : []));
    expect(counts).toHaveLength(25);
    for (const { row, outcomes, counts: found } of counts) {
      const p = Math.sin(angles[row] / 2) ** 2;
      const ones = found[outcomes.indexOf(1n)] ?? 0;
      // Five standard deviations.
      expect(Math.abs(ones / 500 - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / 500) + 1e-9);
    }
    const tokens = emulator.jobs.map(({ payload }) => payload.name);
    expect([tokens.length, new Set(tokens).size]).toEqual([3, 3]);
    const end = responses.at(-1)?.part;
    const charged = emulator.jobs.reduce((sum, job) => sum + job.charged, 0);
    expect(end?.$case === 'summary' && end.value.cost).toBeCloseTo(charged, 9);
    emulator.failNext('POST /jobs', { status: 429, retryAfterSeconds: 0.1 });
    await served.run({ backend: 'ionq', run: 'limited' }, [rotations(0, [1], 100)]);
    expect(emulator.jobs).toHaveLength(4);
  });
});
