import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InterruptedError } from '../command/errors.ts';
import { parseCompareFile } from '../compare-file/load-compare-file.ts';
import { readStudyRecord } from '../run-folder/run-folder.ts';
import { parseStudyFile } from '../study-file/load-study-file.ts';
import { compareFolderAt, readComparedCells } from './compare-folder.ts';
import { type CompareOptions, requireFinished, runCompare } from './run-compare.ts';

const at = (name: string): string => fileURLToPath(new URL(`../testing/${name}.ts`, import.meta.url));
const NOWHERE = { services: ['agent'], mains: { agent: '/nowhere.ts' } } as const;
const TEXT =
  'cells:\n  - data: { task: annni }\n    labels: [40, 41]\n  - data: { task: two-curves }\n    labels: [20]\n';

/** Options of a compare with a scripted agent and no other service. */
async function options(
  mode: string,
  more: Partial<CompareOptions> = {},
  text = TEXT,
): Promise<CompareOptions & { readonly lines: string[] }> {
  process.env['FAKE_AGENT'] = mode;
  const lines: string[] = [];
  return {
    loaded: await parseCompareFile('toy.yaml', text, {}),
    out: mkdtempSync(join(tmpdir(), 'qloom-compare-')),
    log: 'sqlite',
    command: 'qloom compare toy.yaml',
    progress: { write: (line: string) => lines.push(line) },
    signal: new AbortController().signal,
    env: {},
    local: { services: ['agent'], mains: { agent: at('fake-agent-main') } },
    lines,
    ...more,
  };
}

const statesOf = (folder: string): unknown[] =>
  readComparedCells(compareFolderAt(folder)).cells.map(({ cell, state }) => [cell.name, state]);

describe('runCompare', () => {
  it('writes the result of each cell into its run folder, and runs nothing again', async () => {
    const compare = await options('finish');
    const { folder, compared } = await runCompare(compare);
    expect(compared.cells.map(({ cell, state, result }) => [cell.name, state, result?.arms[0].name])).toEqual([
      ['annni-n40', 'finished', 'real-only'],
      ['annni-n41', 'finished', 'real-only'],
      ['two-curves-n20', 'finished', 'real-only'],
    ]);
    for (const { cell } of compared.cells) {
      const place = folder.cell(cell.id);
      expect(readStudyRecord(place)).toMatchObject({ state: 'finished', id: cell.id });
      expect(existsSync(place.report)).toBe(true);
      // The study file of a cell is one that runs alone.
      expect(parseStudyFile(place.studyYaml, readFileSync(place.studyYaml, 'utf8')).study).toEqual(cell.study);
    }
    expect(readFileSync(folder.yaml, 'utf8')).toBe(TEXT);
    expect(compare.lines.join('')).toMatch(/annni-n41 finished; toy {2}\d\/3 cells/);

    const again = await runCompare({ ...compare, local: NOWHERE });
    expect(again.compared).toEqual(compared);
  });

  it('runs the chosen cells alone, and the rest later', async () => {
    const compare = await options('finish', { only: ['two-curves', 'annni-n40'] });
    const { folder } = await runCompare(compare);
    expect(statesOf(folder.path)).toEqual([
      ['annni-n40', 'finished'],
      ['annni-n41', 'open'],
      ['two-curves-n20', 'finished'],
    ]);
    await expect(runCompare({ ...compare, only: ['anni'] })).rejects.toThrow(
      '--cells: no cell is called "anni"; did you mean "annni"? There are: annni-n40, annni, annni-n41, two-curves-n20, two-curves',
    );
    await runCompare({ ...compare, only: undefined });
    expect(statesOf(folder.path).map((cell) => (cell as string[])[1])).toEqual(['finished', 'finished', 'finished']);
  });

  it('goes on when a study fails, and names it at the end and at the next start', async () => {
    const compare = await options('fail-n41');
    for (const run of [compare, { ...compare, local: NOWHERE }]) {
      const { folder, compared } = await runCompare(run);
      expect(compared.cells.map(({ state }) => state)).toEqual(['finished', 'failed', 'finished']);
      expect(() => requireFinished(compared, folder)).toThrow(
        /1 of 3 cells have no result:\n {2}annni-n41 failed: every class needs 3 points\n/,
      );
    }
  });

  it('is stopped by its signal, and resumes', async () => {
    const stop = new AbortController();
    const compare = await options('hang', { signal: stop.signal });
    const progress = {
      write: (line: string) => {
        if (/two-curves-n20 {2}searching/.test(line)) stop.abort();
      },
    };
    await expect(runCompare({ ...compare, progress })).rejects.toThrow(InterruptedError);
    const folder = join(compare.out, 'toy');
    expect(statesOf(folder).map((cell) => (cell as string[])[1])).toEqual(['open', 'open', 'open']);
    process.env['FAKE_AGENT'] = 'finish';
    await runCompare({ ...compare, signal: new AbortController().signal });
    expect(statesOf(folder).map((cell) => (cell as string[])[1])).toEqual(['finished', 'finished', 'finished']);
  });

  it('refuses what the agent refuses, with line and cell', async () => {
    const compare = await options('refuse');
    await expect(runCompare(compare)).rejects.toThrow(
      'toy.yaml:3: cell annni-n40 and 1 more: data.labels: too few\ntoy.yaml:5: cell two-curves-n20: data.labels: too few',
    );
    expect(existsSync(join(compare.out, 'toy'))).toBe(false);
  });

  it('forgets refused cells of a folder with results, so that corrected ones can take their place', async () => {
    const compare = await options('finish', { only: ['annni-n40'] });
    const { folder } = await runCompare(compare);
    process.env['FAKE_AGENT'] = 'refuse';
    await expect(runCompare({ ...compare, only: undefined })).rejects.toThrow('cell annni-n41: data.labels: too few');
    process.env['FAKE_AGENT'] = 'finish';
    const corrected = await parseCompareFile('toy.yaml', TEXT.replace('[20]', '[20]\n    episodes: 5'), {});
    await runCompare({ ...compare, loaded: corrected, only: undefined });
    expect(statesOf(folder.path).map((cell) => (cell as string[])[1])).toEqual(['finished', 'finished', 'finished']);
  });

  it('refuses data that a cell does not have before anything starts, with line and cell', async () => {
    const text =
      'cells:\n  - data: { task: two-curves }\n    labels: [20, 40]\n    qnn: { observables: [Z0, Z1, Z2] }\n';
    const compare = await options('finish', { local: NOWHERE }, text);
    await expect(runCompare(compare)).rejects.toThrow(
      'toy.yaml:4: cell two-curves-n20 and 1 more: qnn.observables: 3 of them',
    );
    expect(existsSync(join(compare.out, 'toy'))).toBe(false);
  });

  it('refuses to mix results of other settings into its folder', async () => {
    const compare = await options('finish', { only: ['annni-n40'] });
    await runCompare(compare);
    const other = await parseCompareFile('toy.yaml', `defaults: { episodes: 5 }\n${TEXT}`, {});
    await expect(runCompare({ ...compare, loaded: other })).rejects.toThrow(
      'other settings (episodes: default there, 5 here)',
    );
  });
});
