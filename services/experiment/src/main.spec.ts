import { readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ExperimentServiceService, type RunResponse } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { type SpawnedMain, spawnMain } from '@qloom/testing/spawn-main.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { rotations } from './testing/circuit-tasks.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Jobs of one execution, of which two may wait at once, so that kills fall between submissions. */
const BACKENDS = `
- name: simulator
  provider: simulator
  jobSeconds: 0.05
  price: {unit: USD, perJob: 1}
  limits: {maxExecutions: 1, maxPendingJobs: 2}
`;

describe('the experiment service', () => {
  let folder: TempFolder;
  let main: SpawnedMain;
  const start = async (): Promise<void> => {
    main = spawnMain(MAIN, {
      QLOOM_LISTEN: folder.socket('experiment'),
      QLOOM_LOG: `sqlite:${folder.file('log.db')}`,
      QLOOM_ARTIFACTS: `file://${folder.file('artifacts')}`,
      QLOOM_BACKENDS_FILE: folder.file('backends.yaml'),
    });
    await main.ready;
  };
  beforeAll(async () => {
    folder = await createTempFolder();
    writeFileSync(folder.file('backends.yaml'), BACKENDS);
  });
  afterAll(async () => {
    await main.stop();
    await folder.remove();
  });

  it('continues a run after kill -9 between its jobs, and pays for each job once', async () => {
    const angles = Array.from({ length: 12 }, (_, i) => i / 4);
    const budget = { cost: 12, shots: 1200n };
    const settings = { backend: 'simulator', study: 'killed', run: 'run', budget, seed: 1 };
    let last: RunResponse[] = [];
    // Killed after the first, the second and the third result of each call, then left alone.
    for (const results of [1, 2, 3, Number.POSITIVE_INFINITY]) {
      await start();
      const remote = connect(ExperimentServiceService, folder.socket('experiment'));
      const call = remote.run();
      await call.send({ part: { $case: 'settings', value: settings } });
      await call.send({ part: { $case: 'circuit', value: rotations(0, angles, 100) } });
      call.closeSend();
      last = [];
      try {
        for await (const response of call) {
          last.push(response);
          const got = last.filter(({ part }) => part?.$case === 'counts').length;
          if (got >= results) await main.kill();
        }
      } catch (error) {
        // The connection of a killed service.
        if (results === Number.POSITIVE_INFINITY) throw error;
      }
      remote.close();
      if (results !== Number.POSITIVE_INFINITY) await main.kill();
    }
    const rows = last.flatMap(({ part }) => (part?.$case === 'counts' ? [part.value.row] : []));
    expect(rows.sort((a, b) => a - b)).toEqual(angles.map((_, i) => i));
    expect(last.at(-1)?.part).toMatchObject({ value: { cost: 12, shots: 1200n, jobs: 12, cancelled: false } });
    // The backend has as many jobs as were planned: what was submitted before a kill was found again.
    const kept = readdirSync(folder.file('artifacts'), { recursive: true }).map(String);
    const jobs = new Set(kept.flatMap((path) => /qloom-[0-9a-f]+-\d+/.exec(path) ?? []));
    expect(jobs.size).toBe(12);
  });
});
