import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listTaskKinds } from '@qloom/datasets/task-registry.ts';
import { SCHEMA_PATH } from './check-schema.ts';
import { loadStudyFile, parseStudyFile } from './load-study-file.ts';

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
        'examples/bad.yaml:10: qnn.layer: no such field; did you mean "layers"? Allowed: qubits, layers, ansatz, loss, ' +
          'steps, batch, learningRate, engine',
        'examples/bad.yaml:14: policy: "ppoo" is not one of ppo-surrogate, ppo, surrogate, random, sobol, fixed',
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
      'data:\n  task: annni\n  csv: a.csv\n  labels: 9\n',
      'study.yaml:3: data.csv: stands beside task; give one of the two',
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
      'data:\n  csv: a.csv\nevaluation:\n  rivals: [noise, nose]\n',
      'study.yaml:4: evaluation.rivals[1]: "nose" is not one of duplicate, noise,',
    ],
    [
      'data:\n  csv: a.csv\nname: My Study\n',
      'study.yaml:3: name: "My Study" is not 1 to 63 of a-z, 0-9 and "-", the first a letter or digit',
    ],
  ])('says what is wrong with %j', (text, message) => {
    expect(problemsOf(text)).toContain(message);
  });

  it('gives the line of a YAML mistake', () => {
    expect(problemsOf('data:\n  task: annni\n bad indentation: [1\n')).toMatch(/^study\.yaml:[34]: /);
  });

  it('says that a file is not there', async () => {
    await expect(loadStudyFile('/nowhere/study.yaml')).rejects.toThrow('/nowhere/study.yaml: no such file');
  });

  it('takes its name from the file, and refuses a file name that cannot be one', () => {
    expect(parseStudyFile('runs/Phase-1.yaml', 'data: { csv: a.csv }').id).toBe('phase-1');
    expect(() => parseStudyFile('my study.yaml', 'data: { csv: a.csv }')).toThrow('give one, such as my-study');
  });
});

describe('the published schema', () => {
  const schema = JSON.parse(readFileSync(SCHEMA_PATH, 'utf8'));

  it('lists the tasks that there are', () => {
    expect(schema.properties.data.properties.task.enum).toEqual(listTaskKinds().map((kind) => kind.name));
  });

  it('is told field by field in the guide', () => {
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
