// Writes the schema of compare files, and the parts of the study schema and of the documentation that follow from the tables of the code (`npm run generate`).
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPARE_SCHEMA_PATH, SCHEMA_PATH } from '@qloom/cli/study-file/check-schema.ts';
import { compareSchema } from './tables/compare-schema.ts';
import { DERIVED_TEXTS } from './tables/derived-texts.ts';
import { derivedSchema } from './tables/study-schema.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

// The schema first: the guide's table of fields follows from it.
writeFileSync(SCHEMA_PATH, derivedSchema(readFileSync(SCHEMA_PATH, 'utf8')));
const study = JSON.parse(readFileSync(SCHEMA_PATH, 'utf8'));
writeFileSync(COMPARE_SCHEMA_PATH, JSON.stringify(compareSchema(study), null, 2));
const schemas = [SCHEMA_PATH, COMPARE_SCHEMA_PATH];
execFileSync(join(ROOT, 'node_modules/.bin/biome'), ['format', '--write', ...schemas], { stdio: 'ignore' });
for (const { path, derive } of DERIVED_TEXTS) {
  const file = join(ROOT, path);
  writeFileSync(file, derive(readFileSync(file, 'utf8')));
}
console.log(
  `Wrote the schema of compare files, and the tables of the study schema and of ${DERIVED_TEXTS.length} pages.`,
);
