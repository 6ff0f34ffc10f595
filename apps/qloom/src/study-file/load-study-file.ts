import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { quoted } from '@qloom/tensor/quoted.ts';
import { UsageError } from '../command/errors.ts';
import { checkMeaning } from './check-meaning.ts';
import { checkSchema } from './check-schema.ts';
import { type CircuitFile, readCircuitFile } from './circuit-file.ts';
import { type FieldPath, formatPath, type Positions, positionsOf, StudyFileError } from './problem.ts';
import { readYaml } from './read-yaml.ts';
import type { StudyFile } from './study-file.ts';
import { isStudyName, studyNameRule } from './study-name.ts';
import { type Targets, targetsFromEnvironment } from './targets.ts';

/** A valid study file. */
export interface LoadedStudy {
  /** Path as the user gave it, for messages. */
  readonly path: string;
  /** Its text, unchanged. */
  readonly text: string;
  /** Id of the study: its `name`, or the name of the file. */
  readonly id: string;
  readonly study: StudyFile;
  /** The program that `qnn.circuit` names. */
  readonly circuit?: CircuitFile;
  /** Lines of its fields. */
  readonly positions: Positions;
  /** Absolute path of `relative`, which the file names relative to itself. */
  resolvePath(relative: string): string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks a study file; custom services in `env` may have other policies. Throws `UsageError` when it cannot
 * be read, {@link StudyFileError} with every problem and its line when it is no valid study.
 */
export async function loadStudyFile(path: string, env: Environment = process.env): Promise<LoadedStudy> {
  return parseStudyFile(path, await readText(path), env);
}

/** The text of a file that the user names. Throws `UsageError` when it cannot be read. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new UsageError(`${path}: ${code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`}`);
  }
}

/** {@link loadStudyFile} for a text in memory; the circuit that it names is read. */
export function parseStudyFile(path: string, text: string, env: Environment = process.env): LoadedStudy {
  const read = readYaml(text);
  if ('problems' in read) throw new StudyFileError(path, read.problems);
  const positions = positionsOf(read.document, read.lineCounter);
  const fallbackId = basename(path, extname(path)).toLowerCase();
  return checkStudy({ path, text, value: read.value ?? {}, positions, fallbackId }, env);
}

/** A study as YAML or a program wrote it, not checked yet. */
interface ParsedStudy {
  readonly path: string;
  readonly text: string;
  readonly value: unknown;
  readonly positions: Positions;
  /** Id of a study without a name. */
  readonly fallbackId: string;
  /** Services of its own that are named outside of it, such as by a compare file. */
  readonly services?: Targets;
}

/** Checks a study, and reads the circuit that it names. Throws {@link StudyFileError} with every problem. */
export function checkStudy(
  { path, text, value, positions, fallbackId, services }: ParsedStudy,
  env: Environment = process.env,
): LoadedStudy {
  const elsewhere = { ...services, ...targetsFromEnvironment(env) };
  const anyPolicy = elsewhere.policy !== undefined || elsewhere.agent !== undefined;
  let problems = checkSchema(value, positions, { anyPolicy });
  const study = value as StudyFile;
  const resolvePath = (relative: string) => resolve(dirname(path), relative);
  let circuit: CircuitFile | undefined;
  if (problems.length === 0) {
    const named = study.qnn?.circuit;
    const program = named === undefined ? undefined : readCircuitFile(resolvePath(named), named);
    if (typeof program === 'string') {
      problems.push({ line: positions.lineOfKey(['qnn', 'circuit']), field: 'qnn.circuit', message: program });
    } else {
      circuit = program;
      problems = checkMeaning(study, positions, { circuit, targets: { ...study.services, ...elsewhere } });
    }
  }
  const id = study.name ?? fallbackId;
  if (problems.length === 0 && !isStudyName(id)) {
    problems.push({
      field: 'name',
      message: `the file's name ${quoted(id)} is no name for a study: ${studyNameRule(id)}`,
    });
  }
  if (problems.length > 0) throw new StudyFileError(path, problems);
  return { path, text, id, study, circuit, positions, resolvePath };
}

/** Problems of fields of a loaded study, found after it was loaded. */
export const studyProblems = (
  loaded: LoadedStudy,
  problems: readonly { readonly path: FieldPath; readonly message: string }[],
): StudyFileError =>
  new StudyFileError(
    loaded.path,
    problems.map(({ path, message }) => ({
      line: loaded.positions.lineOfKey(path),
      field: formatPath(path),
      message,
    })),
  );

/** {@link studyProblems}, where there is one. */
export const studyProblem = (loaded: LoadedStudy, path: FieldPath, message: string): StudyFileError =>
  studyProblems(loaded, [{ path, message }]);
