import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SOURCE_UNITS } from '@qloom/datasets/preprocessing/feature-units.ts';
import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import { circuitFromQasm } from '@qloom/qnn/model/qasm-circuit.ts';
import { expectation, runCircuit } from '@qloom/quantum/simulation/statevector.ts';
import { createRandom } from '@qloom/random/random.ts';
import { runFolderAt } from '../run-folder/run-folder.ts';
import { makeStudyResult } from '../testing/study-result.ts';
import { exportProgram } from './export-program.ts';
import { trainQnn } from './train-qnn.ts';
import { type PointSources, readTrainingPoints } from './training-points.ts';

const result = makeStudyResult();
const { featureNames = [], classNames = [] } = result.data ?? {};

/** Rows around a centre for each class, as a run folder keeps them. */
function csv(rows: number, seed: number): string {
  const random = createRandom(seed);
  const lines = Array.from({ length: rows }, (_, i) => {
    const label = i % classNames.length;
    const x = featureNames.map((_, j) => (j === label ? 2 : 0) + 0.2 * random.normal());
    return [...x, classNames[label]].join(',');
  });
  return `${[[...featureNames, 'label'].join(','), ...lines].join('\n')}\n`;
}

function sources(files: Readonly<Record<string, string>>, given: Partial<PointSources> = {}): PointSources {
  const path = mkdtempSync(join(tmpdir(), 'qloom-export-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return { folder: runFolderAt(path), result, ...given };
}

describe('readTrainingPoints', () => {
  it('reads the real points and the synthetic ones that the study added, unless those are left out', () => {
    const files = { 'training.csv': csv(6, 1), 'synthetic.csv': csv(9, 2) };
    const { real, synthetic } = readTrainingPoints(sources(files));
    expect([real.count, real.features, [...real.y], synthetic?.count]).toEqual([6, 4, [0, 1, 2, 0, 1, 2], 9]);
    expect(readTrainingPoints(sources(files, { realOnly: true })).synthetic).toBeNull();
  });

  it.each([
    [{}, 'has no training.csv; give the real points with --data <csv>'],
    [{ 'training.csv': 'a,b,c,d,label\n' }, 'training.csv: has no rows'],
    [{ 'training.csv': 'a,b,c,d,label\n1,2,x,4,antiphase\n' }, 'training.csv: row 1: X3X5 is no number'],
    [{ 'training.csv': 'a,b,c,d,label\n1,2,3,4,up\n' }, 'row 1: class "up" is none of ferromagnetic, antiphase'],
  ])('reports what is wrong with %j', (files, message) => {
    expect(() => readTrainingPoints(sources(files))).toThrow(message);
  });
});

describe('real points of the user', () => {
  const given = (text: string) => {
    const path = join(mkdtempSync(join(tmpdir(), 'qloom-export-')), 'real.csv');
    writeFileSync(path, text);
    return readTrainingPoints(sources({}, { csv: path })).real;
  };

  it('are found by the names of their columns, whatever the order, the separator and other columns', () => {
    const real = given('Z0;site;Z3;X3X4;X3X5;phase\n4;s;1;2;3;antiphase\n8;s;5;6;7;ferromagnetic\n');
    expect([...real.x]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...real.y]).toEqual([1, 0]);
  });

  it.each([
    [
      'Z3,X3X4,X3X5,phase\n1,2,3,antiphase\n',
      "features: there is no column 'Z0'; the columns are Z3, X3X4, X3X5, phase",
    ],
    ['Z3,X3X4,X3X5,Z0,phase\n1,2,x,4,antiphase\n', "real.csv:2: line 2, column 3 ('X3X5'): 'x' is not a finite number"],
    [
      'Z3,X3X4,X3X5,Z0,phase\n1,2,3,4,up\n',
      "line 2, column 5 ('phase'): label 'up' is none of ferromagnetic, antiphase",
    ],
  ])('are refused with line and cause: %j', (text, message) => {
    expect(() => given(text)).toThrow(message);
  });
});

describe('points far from 0 for their spread', () => {
  it('are trained on in the units of the study, and the exported QNN takes them in those of the file', async () => {
    const units = { featureOffsets: [1_700_000_000, 0, 0, 0], featureScales: [1, 1, 1, 2 ** -40] };
    const far = makeStudyResult();
    const data = { ...(far.data as NonNullable<typeof far.data>), ...units };
    const times = csv(6, 1)
      .split('\n')
      .map((line, i) => (i === 0 ? line : line.replace(/^[^,]+/, `${1_700_000_000 + 30 * i}`)))
      .join('\n');
    const points = readTrainingPoints(sources({ 'training.csv': times }, { result: { ...far, data } }));
    expect(Array.from({ length: 6 }, (_, i) => points.real.x[4 * i])).toEqual([30, 60, 90, 120, 150, 180]);
    const settings = createQnnSettings({ ansatz: 'efficient-su2', qubits: 3, layers: 1, steps: 1 });
    const { qnn } = await trainQnn({ settings, points, units, seed: 1, engine: 'wasm', title: 't', nowMs: () => 0 });
    const { mean = [], scale = [] } = qnn.inputScaling ?? {};
    // Of 30, 60, … 180: mean 105, deviation 30 · √(35/12).
    expect(mean[0]).toBeCloseTo(1_700_000_105, 6);
    expect(scale[0]).toBeCloseTo(30 * Math.sqrt(35 / 12), 6);
    expect(scale[3]).toBeLessThan(1e3 * 2 ** -40 * 2 ** 40);
  });
});

describe('an exported QNN', () => {
  it('has, read back from OpenQASM and run by the reference simulator, the accuracy that was printed', async () => {
    const points = readTrainingPoints(sources({ 'training.csv': csv(18, 1), 'synthetic.csv': csv(9, 2) }));
    const settings = createQnnSettings({ ansatz: 'efficient-su2', qubits: 3, layers: 1, steps: 25, learningRate: 0.1 });
    const options = { settings, points, units: SOURCE_UNITS, seed: 3, engine: 'wasm', title: 'toy', nowMs: () => 0 };
    const { qnn, accuracy } = await trainQnn(options);
    expect(accuracy).toBeGreaterThan(0.8);
    const program = exportProgram(qnn, 'openqasm');
    expect(program).toMatch(
      /^\/\/ toy\n\/\/ x_0 = \(feature 0 - .*\) \/ .*\n[\s\S]*\/\/ output 2 = 3 \* <1\*Z2>\nOPENQASM 3\.0;/,
    );
    const circuit = circuitFromQasm(program);
    expect([circuit.inputs, circuit.parameters]).toEqual([4, []]);
    const { mean = [], scale = [] } = qnn.inputScaling ?? {};
    const { count, features, x, y } = points.real;
    let right = 0;
    for (let i = 0; i < count; i++) {
      const inputs = Array.from({ length: features }, (_, j) => (x[i * features + j] - mean[j]) / scale[j]);
      const outputs = qnn.observables.map((one) => expectation(runCircuit(circuit, [], inputs), one));
      if (outputs.indexOf(Math.max(...outputs)) === y[i]) right++;
    }
    expect(right / count).toBe(accuracy);
    expect((await trainQnn(options)).qnn.parameters).toEqual(qnn.parameters);
    const json = JSON.parse(exportProgram(qnn, 'json'));
    expect([json.parameters, json.inputs.mean, json.outputScale]).toEqual([
      Array.from(qnn.parameters),
      Array.from(mean),
      3,
    ]);
    const pretrained = await trainQnn({ ...options, syntheticOnly: true });
    const plain = await trainQnn({ ...options, points: { ...points, synthetic: null } });
    expect(pretrained.qnn.inputScaling).toEqual(qnn.inputScaling);
    expect(pretrained.qnn.parameters).not.toEqual(qnn.parameters);
    expect(pretrained.qnn.parameters).not.toEqual(plain.qnn.parameters);
    for (const format of ['pennylane', 'qiskit'] as const) {
      expect(exportProgram(qnn, format)).toContain(`THETA = np.array([`);
    }
  });
});
