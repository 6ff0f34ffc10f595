/**
 * Writes exports/: the programs of every case of src/testing/export-cases.ts. Usage: node
 * libs/quantum/golden/write-exports-main.ts
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { exportedFiles } from '../src/testing/exported-files.ts';

const folder = new URL('./exports/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, text] of exportedFiles()) writeFileSync(new URL(name, folder), text);
