import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SCHEMA_PATH } from './check-schema.ts';
import { loadStudyFile, parseStudyFile } from './load-study-file.ts';
import { toStudySettings } from './to-settings.ts';

const EXAMPLES = fileURLToPath(new URL('../../../../examples', import.meta.url));

function problemsOf(text: string): string {
  try {
    parseStudyFile('study.yaml', text);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a study file', () => {
  it('names every mistake of examples/bad.yaml with file, line, field and what is allowed', () => {
    const text = readFileSync(join(EXAMPLES, 'bad.yaml'), 'utf8');
    expect(() => parseStudyFile('examples/bad.yaml', text)).toThrow(
      [
        'examples/bad.yaml:6: data.labels: "forty" is not a whole number',
        'examples/bad.yaml:9: qnn.qubits: 40 is above the maximum 20',
        'examples/bad.yaml:10: qnn.layer: no such field; did you mean "layers"? Allowed: qubits, layers, encoding, ' +
          'ansatz, options, circuit, observables, shots, noise, gradient, precision, loss, steps, batch, learningRate, engine',
        'examples/bad.yaml:14: policy: "ppoo" is not one of ppo-surrogate, ppo, surrogate, pbt, random, sobol, fixed',
        'examples/bad.yaml:17: space.gan.steps: {"minimum":60} is neither a value (fixes it), nor a list (narrows its ' +
          'choices), nor {min, max} (narrows its range)',
      ].join('\n'),
    );
  });

  it.each(readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml') && name !== 'bad.yaml'))(
    'examples/%s is valid and named like its file',
    async (name) => {
      const loaded = await loadStudyFile(join(EXAMPLES, name));
      expect(loaded.id).toBe(name.replace('.yaml', ''));
    },
  );

  it.each([
    ['data: {}\n', 'study.yaml:1: data: has neither task nor csv; give one of the two'],
    [
      'data:\n  csv: a.csv\n  decimal: ","\n  separator: ","\n',
      'study.yaml:4: data.separator: "," is the decimal mark too; the fields need another separator, such as ";"',
    ],
    [
      'data:\n  csv: a.csv\n  duplicates: keep\n  features: []\n',
      'study.yaml:3: data.duplicates: "keep" is not one of together, drop, independent\n' +
        'study.yaml:4: data.features: has 0 entries; at least 1 are right',
    ],
    [
      'data:\n  task: annni\n  labels: 40\n  duplicates: drop\n',
      'study.yaml:4: data.duplicates: belongs to a csv, not to a task',
    ],
    [
      'data:\n  task: annni\n  csv: a.csv\n  labels: 9\n',
      'study.yaml:3: data.csv: cannot be combined with task; give one of the two',
    ],
    [
      'data:\n  task: annni\n',
      'study.yaml:1: data: labels is missing: a task needs the number of labels to draw, such as 40',
    ],
    [
      'data:\n  csv: a.csv\n  header: false\n  label: y\n',
      'study.yaml:4: data.label: "y" is a name, but header is false; give its position from 0',
    ],
    ['data:\n  csv: a.csv\nsobol: 9\nepisodes: 8\n', 'study.yaml:3: sobol: 9 is above the number of episodes 8'],
    [
      'data:\n  csv: a.csv\nspace:\n  gan.steps: { min: 9, max: 3 }\n',
      'study.yaml:4: space.gan.steps: min 9 is above max 3',
    ],
    ['seed: 1\n', 'study.yaml: data: is missing'],
    [
      'data: { csv: a.csv }\nservices:\n  policy: not an address\n',
      'study.yaml:3: services.policy: "not an address" has a space; right would be unix:/path.sock or host:port',
    ],
    [
      'data: { csv: a.csv }\nservices:\n  generator: http://127.0.0.1:7000\n',
      'study.yaml:3: services.generator: "http://127.0.0.1:7000" is a URL; right would be unix:/path.sock or host:port',
    ],
    [
      'data:\n  csv: a.csv\nevaluation:\n  rivals: [noise, nose]\n',
      'study.yaml:4: evaluation.rivals[1]: "nose" is not one of cvae, prior, semi-supervised,',
    ],
    [
      'data:\n  csv: a.csv\nname: My Study\n',
      'study.yaml:3: name: "My Study" is no name for a study: right would be 1 to 63 of a-z, 0-9 and "-", the first a letter ' +
        "or digit, since it names the run folder, the study in the agent's API and subjects of the event log; such as " +
        '"name: my-study"',
    ],
    ['data: { csv: a.csv }\nname: Über_Größe/2\n', 'such as "name: uber-gro-e-2"'],
    ['data: { csv: a.csv }\nname: 研究\n', 'such as "name: my-study"'],
    [`data: { csv: a.csv }\nname: ${'x'.repeat(70)}\n`, `such as "name: ${'x'.repeat(63)}"`],
    ['data: { csv: a.csv }\nname: 2024\n', 'study.yaml:2: name: 2024 is not a text; write it in quotes: "2024"'],
    ['data: { csv: a.csv }\nseed: .inf\n', 'study.yaml:2: seed: Infinity is not a whole number'],
    [
      'data: { csv: a.csv }\nqnn:\n  ansatz: efficent-su2\n',
      'study.yaml:3: qnn.ansatz: "efficent-su2" is not one of data-reuploading, hardware-efficient,',
    ],
    [
      'data: { csv: a.csv }\nqnn:\n  encoding: angle\n  options:\n    encoding:\n      axes: x\n',
      "study.yaml:6: qnn.options.encoding.axes: the encoding 'angle' has no such option; it has axis, scale, reupload",
    ],
    [
      'data: { csv: a.csv }\nqnn:\n  ansatz: two-local\n  options:\n    ansatz: { rotations: [rx, rw] }\n',
      'study.yaml:5: qnn.options.ansatz.rotations: ["rx","rw"] is not a list of ',
    ],
    [
      'data: { csv: a.csv }\nqnn:\n  encoding: angle\n  options:\n    encoding: { scale: 5000 }\n',
      'study.yaml:5: qnn.options.encoding.scale: 5000 is not a number from -1000 to 1000',
    ],
    [
      'data: { csv: a.csv }\nqnn:\n  ansatz: qcnn\n  layers: 3\n',
      "study.yaml:4: qnn.layers: 3; the ansatz 'qcnn' on 4 qubits takes 1 to 2",
    ],
    [
      'data: { csv: a.csv }\nqnn:\n  shots: 100\n  gradient: adjoint\n',
      "study.yaml:4: qnn.gradient: 'adjoint' needs exact expectations, and there are shots; right would be",
    ],
    [
      'data: { csv: a.csv }\nqnn:\n  noise:\n    depolarizing: 2\n',
      'study.yaml:4: qnn.noise.depolarizing: 2 is above the maximum 1',
    ],
    [
      'data: { csv: a.csv }\nqnn:\n  observables:\n    - Z0\n    - Z4\n',
      "study.yaml:5: qnn.observables[1]: observable 'Z4': qubit 4 is not one of 0 … 3",
    ],
    ['data: { csv: a.csv }\nqnn:\n  circuit: none.qasm\n', 'study.yaml:3: qnn.circuit: none.qasm: no such file'],
    [
      'data: { csv: a.csv }\nqnn:\n  engine: webgpu\n  precision: float64\n',
      "study.yaml:4: qnn.precision: the engine 'webgpu' has no float64; right would be precision float32, or engine ",
    ],
  ])('says what is wrong with %j', (text, message) => {
    expect(problemsOf(text)).toContain(message);
  });

  it('accepts any policy where a custom one is given, in the file or in the environment, and otherwise names the built-in ones', () => {
    const text = 'data: { csv: a.csv }\npolicy: mine\n';
    const load = (more: string, env = {}) => parseStudyFile('s.yaml', text + more, env).study.policy;
    expect(() => load('')).toThrow(/^s\.yaml:2: policy: "mine" is not one of ppo-surrogate, ppo, [^\n]*$/);
    expect(load('services: { policy: 127.0.0.1:7001 }\n')).toBe('mine');
    expect(load('services: { agent: 127.0.0.1:7001 }\n')).toBe('mine');
    expect(load('', { QLOOM_POLICY_TARGET: '127.0.0.1:7001' })).toBe('mine');
    expect(() => load('services: { generator: 127.0.0.1:7001 }\n')).toThrow('is not one of');
    expect(() => load('services: { agent: unix:/a, policy: unix:/b }\n')).toThrow(
      's.yaml:3: services.policy: cannot be combined with agent; an agent of your own chooses its policy itself',
    );
  });

  it('may name any baseline where a generator or agent of its own is given, and otherwise those of Qloom', () => {
    const text = 'data: { csv: a.csv }\nevaluation:\n  rivals:\n    - noise\n    - moments\n';
    const load = (more: string, env = {}) => parseStudyFile('s.yaml', text + more, env).study.evaluation?.rivals;
    const refused = /^s\.yaml:5: evaluation\.rivals\[1\]: "moments" is not one of cvae, prior, [^\n]*, class-transfer$/;
    expect(() => load('')).toThrow(refused);
    expect(() => load('services: { policy: 127.0.0.1:7001, qnn-sim: 127.0.0.1:7002 }\n')).toThrow(refused);
    for (const name of ['generator', 'agent']) {
      expect(load(`services: { ${name}: 127.0.0.1:7001 }\n`)).toEqual(['noise', 'moments']);
      expect(load('', { [`QLOOM_${name.toUpperCase()}_TARGET`]: '127.0.0.1:7001' })).toEqual(['noise', 'moments']);
    }
    expect(() => load('    - Own Method\nservices: { generator: 127.0.0.1:7001 }\n')).toThrow(
      's.yaml:6: evaluation.rivals[2]: "Own Method" is no name of a method; right would be up to 32 of a-z, 0-9 and "-", the first a letter or digit',
    );
    expect(() => load('    - 7\nservices: { generator: 127.0.0.1:7001 }\n')).toThrow(
      's.yaml:6: evaluation.rivals[2]: 7 is no name of a method',
    );
  });

  it('gives the line of a YAML mistake', () => {
    expect(problemsOf('data:\n  task: annni\n bad indentation: [1\n')).toMatch(/^study\.yaml:[34]: /);
  });

  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [i, name] of [...'bcdefghi'].entries()) {
    bomb.push(`${name}: &${name} [${new Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`);
  }
  it.each([
    ['aliases of aliases that stand for 9⁹ values', bomb.join('\n'), 'study.yaml:2: its aliases expand to too much'],
    [
      'a thousand aliases',
      `seed: &n 1\nx: [${new Array(1000).fill('*n').join(', ')}]\n`,
      'study.yaml:2: its aliases expand to too much; right would be at most 100 in all',
    ],
    [
      'a value that holds itself',
      'data: &d\n  task: annni\n  settings: { again: *d }\n',
      'study.yaml:3: *d is inside the value that it names; no value can contain itself',
    ],
    ['an alias of nothing', 'data: *nope\n', 'study.yaml:1: *nope names nothing; right would be a "&nope" before it'],
    ['lists without an end', `data: ${'['.repeat(20_000)}\n`, 'study.yaml:1: is nested too deeply'],
    ['lists in lists', `data: ${'['.repeat(500)}${']'.repeat(500)}\n`, 'study.yaml:1: is nested too deeply'],
    ['sections in sections', `data: ${'{a: '.repeat(500)}1${'}'.repeat(500)}\n`, 'study.yaml:1: is nested too deeply'],
    ['a text of megabytes', `# ${'x'.repeat(2 ** 21)}\n`, 'study.yaml: has 2097155 bytes; at most 65536 are right'],
    ['two documents', 'data: {}\n---\ndata: {}\n', 'study.yaml:2: holds several documents (---); one is right'],
  ])('is refused in one line for %s', (_what, text, message) => {
    expect(problemsOf(text)).toMatch(/^[^\n]*$/);
    expect(problemsOf(text)).toContain(message);
  });

  it('may use aliases', () => {
    const text = 'data: { task: annni, labels: &n 40 }\nepisodes: *n\n';
    expect(parseStudyFile('s.yaml', text).study.episodes).toBe(40);
  });

  it('reports a missing file', async () => {
    await expect(loadStudyFile('/nowhere/study.yaml')).rejects.toThrow('/nowhere/study.yaml: no such file');
  });

  it('takes its name from the file, and refuses a file name that cannot be one', () => {
    expect(parseStudyFile('runs/Phase-1.yaml', 'data: { csv: a.csv }').id).toBe('phase-1');
    expect(() => parseStudyFile('my study.yaml', 'data: { csv: a.csv }')).toThrow(
      'my study.yaml: name: the file\'s name "my study" is no name for a study: right would be 1 to 63 of a-z, 0-9',
    );
    expect(() => parseStudyFile('my study.yaml', 'data: { csv: a.csv }')).toThrow('such as "name: my-study"');
  });
});

describe('a circuit of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qloom-circuit-'));
  const load = (program: string, qnn: string) => {
    writeFileSync(join(folder, 'mine.qasm'), program);
    return parseStudyFile(join(folder, 's.yaml'), `data: { csv: a.csv }\nqnn:\n  circuit: mine.qasm\n${qnn}`);
  };
  const PROGRAM = `OPENQASM 3.0;
include "stdgates.inc";
input float x0;
input float theta;
qubit[2] q;
ry(x0 + theta) q[0];
`;

  it('is read relative to the study file, and its text becomes part of the settings', () => {
    const { study, circuit } = load(PROGRAM, '  observables: [Z0, Z1]\n');
    expect(toStudySettings(study, { circuit: circuit?.text }).qnn).toMatchObject({ qasm: PROGRAM, ansatz: '' });
  });

  it.each([
    [PROGRAM.replace('ry(', 'x q[0]; reset q[0]; ry('), '', /s\.yaml:3: qnn\.circuit: mine\.qasm:6:9: reset of q\[0\]/],
    [PROGRAM, '  ansatz: qcnn\n', /s\.yaml:4: qnn\.ansatz: cannot be combined with a circuit of its own/],
    [PROGRAM, '  layers: 2\n', /s\.yaml:4: qnn\.layers: the circuit has its own/],
    [PROGRAM, '  observables: [Z0, Z2]\n', /s\.yaml:4: qnn\.observables\[1\]: .*qubit 2 is not one of 0 … 1/],
  ])('is refused with file and line (%#)', (program, qnn, message) => {
    expect(() => load(program, qnn)).toThrow(message);
  });
});

describe('the published schema', () => {
  const schema = JSON.parse(readFileSync(SCHEMA_PATH, 'utf8'));

  it('lists the baselines of Qloom for completion, beside those of other generators', () => {
    const [own, others] = schema.properties.evaluation.properties.rivals.items.anyOf;
    expect(own.enum).toContain('gaussian');
    expect(own.enum.every((name: string) => new RegExp(others.pattern).test(name))).toBe(true);
  });

  it('is documented field by field in the guide', () => {
    const guide = readFileSync(join(EXAMPLES, '../docs/guides/study-files.md'), 'utf8');
    for (const [name, field] of Object.entries<{ properties?: object }>(schema.properties)) {
      const inner = name === 'services' ? [] : Object.keys(field.properties ?? {}).map((key) => `${name}.${key}`);
      // In a row of the table, as `field` or as **section**.
      for (const path of [name, ...inner])
        expect(guide).toMatch(new RegExp(String.raw`^\| (\x60|\*\*)${path}(\x60|\*\*) \|`, 'm'));
    }
  });

  it('describes every field', () => {
    const undescribed: string[] = [];
    const visit = (node: { properties?: Record<string, never>; description?: string }, path: string): void => {
      for (const [name, field] of Object.entries(node.properties ?? {})) {
        const { description } = field as { description?: string };
        if (description === undefined && !path.startsWith('.services') && !path.startsWith('.space'))
          undescribed.push(`${path}.${name}`);
        visit(field, `${path}.${name}`);
      }
    };
    visit(schema, '');
    expect(undescribed).toEqual([]);
  });
});
