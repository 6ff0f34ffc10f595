import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPARE_SCHEMA_PATH, SCHEMA_PATH } from '@qloom/cli/study-file/check-schema.ts';
import { listTaskKinds } from '@qloom/datasets/tasks/task-table.ts';
import { ENGINES } from '@qloom/qnn/engine/engine-table.ts';
import { compareSchema } from './compare-schema.ts';
import { DERIVED_TEXTS } from './derived-texts.ts';
import { namesInTable } from './markdown.ts';
import { schemaValues, valueAt } from './study-schema.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');

// What fails here was made stale by a change of a table of the code: `npm run generate` writes it anew.
describe('the study schema', () => {
  const schema = JSON.parse(readFileSync(SCHEMA_PATH, 'utf8'));

  it.each([...schemaValues()])('has at %s what the table has', (pointer, value) => {
    expect(valueAt(schema, pointer)).toEqual(value);
  });

  it('gives the schema of compare files', () => {
    expect(JSON.parse(readFileSync(COMPARE_SCHEMA_PATH, 'utf8'))).toEqual(compareSchema(schema));
  });
});

describe.each(DERIVED_TEXTS)('$path', ({ path, derive }) => {
  it('has the tables of the code', () => {
    expect(textOf(path)).toBe(derive(textOf(path)));
  });
});

// Tables that say more than the code knows: their names are held to it.
describe('tables of READMEs', () => {
  it.each([
    ['libs/datasets/README.md', ['task', 'settings (default)', 'features'], listTaskKinds()],
    ['libs/qnn/README.md', ['engine', 'precision', 'what', 'page'], ENGINES],
  ])('%s has a row for each name', (path, header, rows) => {
    expect(namesInTable(textOf(path), header).sort()).toEqual(rows.map(({ name }) => name).sort());
  });
});
