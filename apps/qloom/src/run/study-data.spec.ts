import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseStudyFile } from '../study-file/load-study-file.ts';
import { readStudyCsv } from './put-csv.ts';
import { checkData } from './study-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'qloom-study-data-'));
const inFolder = (name: string) => join(folder, name);
writeFileSync(
  inFolder('two.qasm'),
  'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float x0;\ninput float x1;\ninput float a;\nqubit[2] q;\n' +
    'ry(x0 + a) q[0];\nry(x1) q[1];\n',
);
writeFileSync(
  inFolder('ten.csv'),
  `a,b,kind\n${Array.from({ length: 40 }, (_, i) => `${i},${(i * i) % 7},c${i % 10}`).join('\n')}\n`,
);

async function problemsOf(text: string): Promise<string> {
  const loaded = parseStudyFile(inFolder('s.yaml'), text);
  try {
    checkData(loaded, await readStudyCsv(loaded));
    return '';
  } catch (error) {
    expect(error).toMatchObject({ name: 'StudyFileError', exitCode: 2 });
    return (error as Error).message.replaceAll(`${folder}/`, '');
  }
}

const ANNNI = 'data:\n  task: annni\n  labels: 40\n';
const CSV = 'data:\n  csv: ten.csv\nfolds: 2\n';

describe("a study's QNN", () => {
  it.each([
    [
      `${ANNNI}qnn:\n  observables: [Z0, Z1]\n`,
      's.yaml:5: qnn.observables: 2 of them, and the data has 3 classes; one for each is right',
    ],
    [
      `${ANNNI}qnn:\n  circuit: two.qasm\n`,
      's.yaml:5: qnn.circuit: the circuit takes 2 features, and the data has 4; right would be inputs x0 to x3',
    ],
    [
      `${ANNNI}qnn:\n  ansatz: real-amplitudes\n  encoding: amplitude\n  qubits: 1\n`,
      "s.yaml:6: qnn.encoding: 'amplitude' on 1 qubit takes at most 2 features, and the data has 4; right would be at least 2",
    ],
    [
      `${ANNNI}qnn:\n  ansatz: real-amplitudes\n  encoding: zz-feature-map\n  qubits: 2\n`,
      "s.yaml:6: qnn.encoding: 'zz-feature-map' on 2 qubits takes at most 2 features, and the data has 4; right would be",
    ],
    [
      `${CSV}qnn:\n  layers: 1\n  qubits: 2\n`,
      's.yaml:6: qnn.qubits: 2 qubits tell at most 3 classes, and the data has 10; right would be at least 4',
    ],
    [
      `${CSV}qnn:\n  circuit: two.qasm\n`,
      's.yaml:5: qnn.circuit: 2 qubits tell at most 3 classes, and the data has 10; right would be at least 4',
    ],
    // Without the setting in the file, the section's line; without a section, the file's first.
    [
      `${ANNNI}  settings: { observables: [Z0, Z1, Z2, Z3, Z4] }\nqnn:\n  ansatz: real-amplitudes\n  encoding: iqp\n`,
      "s.yaml:7: qnn.encoding: 'iqp' on 4 qubits takes at most 4 features, and the data has 5",
    ],
  ])('is checked against the data: %j', async (text, message) => {
    expect(await problemsOf(text)).toContain(message);
  });

  it('may be as the data needs it', async () => {
    expect(await problemsOf(ANNNI)).toBe('');
    expect(await problemsOf(CSV)).toBe('');
    expect(await problemsOf(`${ANNNI}  settings: { observables: [Z0, Z1] }\nqnn:\n  circuit: two.qasm\n`)).toBe('');
  });

  it('is refused without data where it cannot be built at all', () => {
    const text = `${ANNNI}qnn:\n  ansatz: coupled-cluster\n  qubits: 2\n  options:\n    ansatz:\n      electrons: 5\n`;
    expect(() => parseStudyFile('s.yaml', text)).toThrow(
      's.yaml:9: qnn.options.ansatz.electrons: 5 in 2 spin orbitals; 1 to 1 are right',
    );
  });
});
