import { CommandError } from '../command/errors.ts';
import { shellWord } from '../command/shell-word.ts';
import type { StudyRecord } from './run-folder.ts';

/** What to do about a study that has ended without a result: it stays so, whatever is run. */
const START_ANEW =
  'it is over and cannot go on: change what the reason names, then give the study another name or --out, or delete its folder';

/**
 * The error of a command that needs the result of a study which has none: why, and what to do. A running one goes on; one that has
 * ended without a result does not.
 */
export function noResultError({ id, state, message, file }: StudyRecord): CommandError {
  if (state !== 'failed' && state !== 'cancelled') {
    return new CommandError(`study ${id} has no result yet; go on with: qloom run ${shellWord(file)}`);
  }
  const reason = message || 'there is no reason on record';
  return new CommandError(`study ${id} ${state === 'failed' ? 'failed' : 'was cancelled'}: ${reason}\n${START_ANEW}`);
}
