import { basename, extname } from 'node:path';
import { createRandom } from '@qloom/random/random.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { stringify } from 'yaml';
import type { CompareCell } from '../compare/compared-cells.ts';
import { COMPARE_SCHEMA_PATH, checkSchema } from '../study-file/check-schema.ts';
import { checkStudy, type LoadedStudy, readText } from '../study-file/load-study-file.ts';
import { type Positions, type Problem, positionsOf, StudyFileError } from '../study-file/problem.ts';
import { readYaml } from '../study-file/read-yaml.ts';
import type { StudyFile } from '../study-file/study-file.ts';
import { isStudyName, studyNameRule } from '../study-file/study-name.ts';
import type { Targets } from '../study-file/targets.ts';
import { cellName, groupOf, studyId } from './cell-names.ts';
import { cellPositions } from './cell-positions.ts';
import { forEachCell } from './cell-problems.ts';
import type { CompareFile } from './compare-file.ts';
import { mergeFields } from './merge-fields.ts';

/** A cell whose study is valid. */
export interface LoadedCell {
  readonly cell: CompareCell;
  readonly loaded: LoadedStudy;
}

/** A valid compare file. */
export interface LoadedCompare {
  /** Path as the user gave it, for messages. */
  readonly path: string;
  readonly text: string;
  readonly name: string;
  readonly seed: number;
  readonly services: Targets;
  /** In the order of the file. */
  readonly cells: readonly LoadedCell[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks a compare file and the study of each of its cells. Throws `UsageError` when it cannot be read,
 * {@link StudyFileError} with every problem, its line and its cell.
 */
export async function loadCompareFile(path: string, env: Environment = process.env): Promise<LoadedCompare> {
  return parseCompareFile(path, await readText(path), env);
}

/** {@link loadCompareFile} for a text in memory. */
export async function parseCompareFile(
  path: string,
  text: string,
  env: Environment = process.env,
): Promise<LoadedCompare> {
  const read = readYaml(text);
  if ('problems' in read) throw new StudyFileError(path, read.problems);
  const positions = positionsOf(read.document, read.lineCounter);
  const value = read.value ?? {};
  const problems = checkSchema(value, positions, { schema: COMPARE_SCHEMA_PATH });
  if (problems.length > 0) throw new StudyFileError(path, problems);
  const file = value as CompareFile;
  const name = file.name ?? basename(path, extname(path)).toLowerCase();
  if (!isStudyName(name)) {
    const message = `the file's name ${quoted(name)} is no name for a compare: ${studyNameRule(name)}`;
    throw new StudyFileError(path, [{ field: 'name', message }]);
  }
  const planned = planCells(file, name, positions);
  const repeated = repeatedNames(planned, positions);
  if (repeated.length > 0) throw new StudyFileError(path, repeated);
  const { services = {} } = file;
  const cells = await forEachCell(path, planned, ({ cell, at: positions }) => ({
    cell,
    loaded: loadCell({ path, cell, positions, services }, env),
  }));
  return { path, text, name, seed: file.seed ?? 1, services, cells };
}

interface PlannedCell {
  readonly cell: CompareCell;
  /** Index of its entry. */
  readonly entry: number;
  readonly at: Positions;
}

/** One cell for each entry, number of labels and seed. */
function planCells({ seed = 1, defaults = {}, cells }: CompareFile, compare: string, all: Positions): PlannedCell[] {
  return cells.flatMap((given, entry) => {
    const { name: _name, labels: numbers, seeds, ...own } = given;
    const fields = mergeFields(defaults, own) as Partial<StudyFile>;
    const group = groupOf({ ...given, data: fields.data });
    return (numbers ?? [undefined]).flatMap((labels, i) =>
      (seeds ?? [undefined]).map((listed, j): PlannedCell => {
        const name = cellName(group, labels, listed);
        const ownSeed = listed ?? fields.seed ?? createRandom(seed).seedFor(`cell ${name}`);
        const data = { ...fields.data, ...(labels === undefined ? {} : { labels }) };
        const id = studyId(compare, name);
        const study: StudyFile = { ...fields, name: id, seed: ownSeed, data };
        const place = {
          entry,
          ...(numbers === undefined ? {} : { labels: i }),
          ...(seeds === undefined ? {} : { seeds: j }),
        };
        return {
          cell: { id, name, group, task: data.task, labels, seed: ownSeed, study },
          entry,
          at: cellPositions(all, place),
        };
      }),
    );
  });
}

/** Cells of one name: their studies would have one id. */
function repeatedNames(cells: readonly PlannedCell[], positions: Positions): Problem[] {
  return cells.flatMap(({ cell, entry }, i) => {
    const first = cells.findIndex((other) => other.cell.id === cell.id);
    if (first === i) return [];
    const message = `cell ${cell.name} is in cells[${cells[first].entry}] already; give one of the two another name`;
    return [{ line: positions.lineOfValue(['cells', entry]), field: `cells[${entry}]`, message }];
  });
}

interface CellContext extends Pick<LoadedCompare, 'path' | 'services'> {
  readonly cell: CompareCell;
  readonly positions: Positions;
}

/** Fields of `data` that name a file; a task's `unlabelled` and `simulator` do not. */
const FILE_FIELDS = ['csv', 'testCsv', 'unlabelled', 'simulator'] as const;

/** Checks the study of a cell. Its text is a study file of its own, in which the paths of files are absolute. */
function loadCell({ path, cell, positions, services }: CellContext, env: Environment): LoadedStudy {
  const loaded = checkStudy({ path, text: '', value: cell.study, positions, fallbackId: cell.id, services }, env);
  const { data, qnn } = cell.study;
  const files = FILE_FIELDS.flatMap((field) => {
    const named = data[field];
    return typeof named === 'string' ? [[field, loaded.resolvePath(named)]] : [];
  });
  const standalone = {
    ...cell.study,
    data: { ...data, ...Object.fromEntries(files) },
    ...(qnn?.circuit === undefined ? {} : { qnn: { ...qnn, circuit: loaded.resolvePath(qnn.circuit) } }),
  };
  return { ...loaded, text: stringify(standalone) };
}
