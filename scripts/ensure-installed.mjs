// Installs what is missing before `npm start` (run) and `npm test` (develop). Dependency-free, plain enough for Node 20.

import { dirname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './install-check.mjs';

const mode = process.argv[2];
if (mode !== 'run' && mode !== 'develop') {
  console.error(`ensure-installed: ${mode === undefined ? 'nothing' : `"${mode}"`} is not one of run, develop`);
  process.exit(2);
}
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outcome = await ensureInstalled(root, mode);
if (outcome.error !== undefined) {
  console.error(`\nensure-installed: ${outcome.error}`);
  process.exit(1);
}
