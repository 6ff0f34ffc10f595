import { readFileSync } from 'node:fs';
import { StudySettings } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { parseStudyFile } from './load-study-file.ts';
import { toStudySettings } from './to-settings.ts';

describe('toStudySettings', () => {
  it('maps an example with its task, its space and its baselines', () => {
    const text = readFileSync(new URL('../../../../examples/annni.yaml', import.meta.url), 'utf8');
    const settings = toStudySettings(parseStudyFile('examples/annni.yaml', text).study);
    expect(StudySettings.toJSON(settings)).toEqual({
      seed: 1,
      data: {
        task: { name: 'annni', settingsJson: '{"spins":8,"shots":16,"observables":["Z3","X3X4","X3X5","Z0"]}' },
        labelBudget: 40,
        testSize: 1000,
      },
      qnn: { qubits: 4, layers: 3, ansatz: 'data-reuploading', loss: 'cross-entropy', steps: 200, batchSize: 32 },
      folds: 3,
      qnnSeeds: 3,
      episodes: 32,
      sobolEpisodes: 8,
      batchSize: 4,
      staleness: 1,
      policy: 'ppo-surrogate',
      space: [
        { name: 'method', fixed: { choice: 'gan' }, ifOffered: true },
        { name: 'gan.steps', minimum: 80, maximum: 240, ifOffered: true },
        { name: 'gan.lrG', minimum: 0.001, ifOffered: true },
        { name: 'gan.dSteps', choices: ['1'], ifOffered: true },
        { name: 'gan.batchSize', choices: ['16', '32'], ifOffered: true },
        { name: 'vae.width', maximum: 64, ifOffered: true },
        { name: 'vae.layers', choices: ['1', '2'], ifOffered: true },
        { name: 'disc.convLayers', choices: ['1', '2'], ifOffered: true },
        { name: 'disc.filters', choices: ['8', '16'], ifOffered: true },
      ],
      reward: { form: 'constrained' },
      evaluation: { draws: 10, rivals: ['noise', 'gaussian', 'shot-resampling'] },
    });
  });

  it('leaves what a file does not say to the agent, and keeps a 0 that it does say', () => {
    const { study } = parseStudyFile('s.yaml', 'data: { csv: a.csv }\nstaleness: 0\nsobol: 0\n');
    expect(StudySettings.toJSON(toStudySettings(study))).toEqual({
      seed: 1,
      data: {},
      qnn: {},
      staleness: 0,
      sobolEpisodes: 0,
      reward: {},
      evaluation: {},
    });
  });

  it('leaves the number in flight to the agent where it is auto', () => {
    const inFlight = (text: string) =>
      toStudySettings(parseStudyFile('s.yaml', `data: { csv: a.csv }\n${text}`).study).inFlight;
    expect([inFlight('inFlight: auto\n'), inFlight('inFlight: 7\n')]).toEqual([0, 7]);
    expect(() => inFlight('inFlight: many\n')).toThrow(/inFlight/);
  });

  it('carries every setting of a circuit', () => {
    const { study } = parseStudyFile(
      's.yaml',
      `data: { csv: a.csv }
qnn:
  encoding: iqp
  ansatz: two-local
  options:
    encoding: { repeats: 2 }
    ansatz: { rotations: [rx, rz], finalRotations: false }
  observables: [Z0, -1*Z0]
  shots: 500
  noise: { readoutError: 0.02 }
  gradient: parameter-shift
  precision: float64
`,
    );
    expect(StudySettings.toJSON(toStudySettings(study))).toMatchObject({
      qnn: {
        encoding: 'iqp',
        encodingOptions: { repeats: '2' },
        ansatz: 'two-local',
        ansatzOptions: { rotations: 'rx,rz', finalRotations: 'false' },
        observables: ['Z0', '-1*Z0'],
        shots: 500,
        noise: { readoutError: 0.02 },
        gradient: 'parameter-shift',
        precision: 'float64',
      },
    });
  });

  it('refers to the stored CSV', () => {
    const { study } = parseStudyFile('s.yaml', 'data: { csv: a.csv }');
    const dataset = { sha256: 'ab'.repeat(32), sizeBytes: 10, mediaType: 'application/x-qloom-points' };
    expect(toStudySettings(study, { dataset }).data?.source).toEqual({ $case: 'dataset', value: dataset });
  });

  it.each([
    ['', {}],
    [', duplicates: together', {}],
    [', duplicates: drop', {}],
    [', duplicates: independent', { identicalRows: 'IDENTICAL_ROWS_INDEPENDENT' }],
  ])('says what identical rows are where that is not the default: "%s"', (field, data) => {
    const { study } = parseStudyFile('s.yaml', `data: { csv: a.csv${field} }`);
    expect(StudySettings.toJSON(toStudySettings(study))).toMatchObject({ data });
    expect(toStudySettings(study).data?.identicalRows).toBe(field.includes('independent') ? 2 : 0);
  });
});
