import { writeFile } from 'node:fs/promises';
import type { RunResponse } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { CircuitSettings } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { type IbmEmulator, startIbmEmulator } from '@qloom/testing/ibm/ibm-emulator.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { rotations } from '../testing/circuit-tasks.ts';
import { type ServedExperiment, serveExperiment } from '../testing/serve-experiment.ts';

/** How much faster the emulator's clock goes than the machine's. */
const SPEED = 1000;

describe('ExperimentService on a device of IBM', () => {
  let folder: TempFolder;
  let emulator: IbmEmulator;
  let served: ServedExperiment;

  beforeAll(async () => {
    folder = await createTempFolder();
    const startMs = Date.now();
    emulator = await startIbmEmulator({ now: () => startMs + SPEED * (Date.now() - startMs) });
    emulator.tokenSeconds = 3600 * SPEED;
    await writeFile(folder.file('key'), emulator.apiKey);
    served = await serveExperiment(`
- name: ibm
  provider: ibm
  device: ibm_emulated
  instance: "${emulator.crn}"
  url: ${emulator.url}
  iamUrl: ${emulator.url}
  apiKeyFile: ${folder.file('key')}
  pollSeconds: 0.02
`);
  });
  afterAll(async () => {
    await served.close();
    await emulator.stop();
    await folder.remove();
  });

  const summaryOf = (responses: readonly RunResponse[]) => responses.at(-1)?.part;

  it('runs all rows of a circuit as one job, within the quote, and again from the log', async () => {
    const angles = Array.from({ length: 30 }, (_, i) => 0.1 * i);
    const settings = { backend: 'ibm', run: 'rows' };
    const responses = await served.run(settings, [rotations(0, angles, 500)]);
    const [{ part: first }] = responses;
    const counts = responses.flatMap(({ part }) => (part?.$case === 'counts' ? [part.value] : []));
    expect(counts).toHaveLength(30);
    for (const { row, outcomes, counts: found } of counts) {
      const p = Math.sin(angles[row] / 2) ** 2;
      const ones = found[outcomes.indexOf(1n)] ?? 0;
      // Five standard deviations.
      expect(Math.abs(ones / 500 - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / 500) + 1e-9);
    }
    const end = summaryOf(responses);
    const cost = end?.$case === 'summary' ? end.value.cost : Number.NaN;
    const quoted = first?.$case === 'quote' ? (first.value.cost?.expected ?? Number.NaN) : Number.NaN;
    expect(Math.abs(cost - quoted)).toBeLessThanOrEqual(0.1 * cost);
    expect(emulator.jobs).toHaveLength(1);
    expect(summaryOf(await served.run(settings, [rotations(0, angles, 500)]))).toEqual(end);
    expect(emulator.jobs).toHaveLength(1);
  });

  it('submits a job that failed again as another, and charges both', async () => {
    emulator.failNextJob({ reason: 'a fault of the device', code: 9999 });
    const before = emulator.jobs.length;
    const end = summaryOf(await served.run({ backend: 'ibm', run: 'failing' }, [rotations(0, [1], 100)]));
    const jobs = emulator.jobs.slice(before);
    expect(jobs.map(({ status }) => status)).toEqual(['Failed', 'Completed']);
    const charged = jobs.reduce((sum, job) => sum + job.charged, 0);
    expect(end?.$case === 'summary' && end.value.cost).toBeCloseTo(charged, 9);
  });

  it('refuses a circuit that no device prepares, before anything is sent', async () => {
    const before = emulator.requests.get('POST /jobs');
    const amplitudes = {
      ...rotations(0, [1], 10),
      parameters: encodeTensor(new Float64Array(3), [3]),
      circuit: CircuitSettings.fromPartial({
        qubits: 1,
        layers: 1,
        inputs: 1,
        encoding: 'amplitude',
        ansatz: 'strongly-entangling',
      }),
    };
    await expect(served.run({ backend: 'ibm', run: 'amplitudes' }, [amplitudes])).rejects.toThrow(
      'starts from amplitudes',
    );
    expect(emulator.requests.get('POST /jobs')).toBe(before);
  });
});
