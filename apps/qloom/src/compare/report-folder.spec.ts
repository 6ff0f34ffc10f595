import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { StudyRecord } from '../run-folder/run-folder.ts';
import { styleOf } from '../terminal/style.ts';
import { makeComparedCells, USUAL_CELLS } from '../testing/compared-cells.ts';
import { compareFolderAt, writeCompareRecord } from './compare-folder.ts';
import { reportFolder } from './report-folder.ts';
import { compareCells } from './result/compare-cells.ts';

const compared = makeComparedCells(USUAL_CELLS.slice(4, 6).map((spec) => ({ ...spec, draws: 5, testCount: 100 })));
const shown = { style: styleOf({}, {}), columns: 130 };

/** A folder with the results of some cells, as `qloom compare` leaves it. */
function folderWith(results: number) {
  const folder = compareFolderAt(mkdtempSync(join(tmpdir(), 'qloom-report-')));
  const { name, seed, cells } = compared;
  writeFileSync(folder.yaml, 'name: where-it-helps\n');
  writeCompareRecord(folder, {
    ...{ name, seed, file: 'where.yaml', command: 'qloom compare where.yaml' },
    cells: cells.map(({ cell }) => cell),
  });
  for (const { cell, result } of cells.slice(0, results)) {
    const place = folder.cell(cell.id);
    mkdirSync(place.path, { recursive: true });
    const record: StudyRecord = {
      ...{ format: 'qloom-study/1', id: cell.id, state: 'finished', file: 'where.yaml', log: 'sqlite' },
      ...{ settings: {}, versions: {}, createdAt: '2026-03-02T09:00:00Z' },
      result: result && StudyResult.toJSON(result),
    };
    writeFileSync(place.studyJson, JSON.stringify(record));
  }
  return folder;
}

describe('reportFolder', () => {
  it('writes the comparison and its page, and prints a table', async () => {
    const folder = folderWith(2);
    const printed = await reportFolder(folder.path, shown);
    expect(printed).toMatch(/annni-n18 +9\d\.\d/);
    expect(printed).toContain('compare.html');
    const written = JSON.parse(readFileSync(folder.json, 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(compareCells(compared))));
    expect(written.format).toBe('qloom-comparison/1');
    expect(readFileSync(folder.page, 'utf8')).toContain('qloom compare where.yaml');
  });

  it('prints what it writes as JSON, also while cells are open', async () => {
    const folder = folderWith(1);
    const printed = await reportFolder(folder.path, { ...shown, json: true });
    expect(printed).toBe(readFileSync(folder.json, 'utf8'));
    expect(JSON.parse(printed).cells.map(({ state }: { state: string }) => state)).toEqual(['finished', 'open']);
  });

  it('refuses a folder without cells.json', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'qloom-empty-'));
    await expect(reportFolder(empty, shown)).rejects.toThrow('is no folder of a compare');
  });
});
