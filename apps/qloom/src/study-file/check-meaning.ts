import { targetProblem } from '@qloom/service-kit/client/target-problem.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { ownBaselines, rewardForms } from './check-schema.ts';
import type { CircuitFile } from './circuit-file.ts';
import { type FieldPath, formatPath, type Positions, type Problem } from './problem.ts';
import { qnnSectionProblems } from './qnn-settings.ts';
import type { StudyFile } from './study-file.ts';
import type { Targets } from './targets.ts';

const CSV_ONLY = [
  'label',
  'group',
  'header',
  'features',
  'ignore',
  'separator',
  'decimal',
  'duplicates',
  'dropConstant',
  'testCsv',
] as const;

/**
 * Checks that the schema cannot express: fields that exclude or need one another. Called on a file that the schema
 * accepts; `circuit` is the program that it names, and `targets` are the services of its own, wherever they are named.
 */
export function checkMeaning(
  file: StudyFile,
  positions: Positions,
  { circuit, targets }: { readonly circuit?: CircuitFile; readonly targets: Targets },
): Problem[] {
  const problems: Problem[] = [];
  const say = (path: FieldPath, message: string): void => {
    problems.push({ line: positions.lineOfKey(path), field: formatPath(path), message });
  };
  const { data, space = {} } = file;
  if (data.task !== undefined && data.csv !== undefined)
    say(['data', 'csv'], 'cannot be combined with task; give one of the two');
  if (data.task === undefined && data.csv === undefined) say(['data'], 'has neither task nor csv; give one of the two');
  if (data.csv !== undefined && data.settings !== undefined)
    say(['data', 'settings'], 'belongs to a task, not to a csv');
  if (data.task !== undefined) {
    for (const field of CSV_ONLY)
      if (data[field] !== undefined) say(['data', field], 'belongs to a csv, not to a task');
    if (data.labels === undefined)
      say(['data'], 'labels is missing: a task needs the number of labels to draw, such as 40');
  }
  if (data.testCsv !== undefined && data.test !== undefined) {
    say(['data', 'test'], 'cannot be combined with testCsv, all of whose rows are test points');
  }
  if (data.csv !== undefined) {
    const csv = 'a csv draws no points; give the path of another csv';
    if (typeof data.unlabelled === 'number') say(['data', 'unlabelled'], csv);
    if (typeof data.simulator === 'object') say(['data', 'simulator'], csv);
  }
  if (typeof data.label === 'string' && data.header === false) {
    say(['data', 'label'], `${quoted(data.label)} is a name, but header is false; give its position from 0`);
  }
  if (data.decimal === ',' && data.separator === ',') {
    say(['data', 'separator'], '"," is the decimal mark too; the fields need another separator, such as ";"');
  }
  for (const { path, message } of qnnSectionProblems(file.qnn ?? {}, circuit)) say(path, message);
  if (file.services?.policy !== undefined && file.services.agent !== undefined) {
    say(['services', 'policy'], 'cannot be combined with agent; an agent of your own chooses its policy itself');
  }
  for (const [name, target] of Object.entries(file.services ?? {})) {
    const problem = targetProblem(target);
    if (problem !== undefined) say(['services', name], `${quoted(target)} ${problem}`);
  }
  const episodes = file.episodes ?? 32;
  if (file.sobol !== undefined && file.sobol > episodes) {
    say(['sobol'], `${file.sobol} is above the number of episodes ${episodes}`);
  }
  if (file.reward?.weights !== undefined) {
    const { usual, weighted } = rewardForms();
    const { form = usual } = file.reward;
    if (!weighted.includes(form)) say(['reward', 'weights'], `belong to ${weighted.join(' and ')}, not to ${form}`);
  }
  // The baselines of another generator are known to the agent, which refuses those that it does not offer.
  if (targets.generator === undefined && targets.agent === undefined) {
    const own = ownBaselines();
    for (const [i, name] of (file.evaluation?.rivals ?? []).entries()) {
      if (!own.includes(name)) say(['evaluation', 'rivals', i], `${quoted(name)} is not one of ${own.join(', ')}`);
    }
  }
  for (const [name, entry] of Object.entries(space)) {
    if (typeof entry !== 'object' || !('min' in entry) || !('max' in entry)) continue;
    const { min, max } = entry as { min: number; max: number };
    if (min > max) say(['space', name], `min ${min} is above max ${max}`);
  }
  return problems;
}
