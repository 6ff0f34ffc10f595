import { CommandError } from '../command/errors.ts';
import { shellWord } from '../command/shell-word.ts';
import type { StudyRecord } from './run-folder.ts';

/** Advice for a study that has ended without a result and cannot be resumed. */
const START_ANEW =
  'it has ended and cannot be resumed: change what the reason names, then give the study another name or --out, or delete its folder';

/**
 * The error of a command that needs the result of a study without one, with the reason and a remedy. A running study
 * can be resumed; one that has ended without a result cannot.
 */
export function noResultError({ id, state, message, file, agent }: StudyRecord): CommandError {
  if (state !== 'failed' && state !== 'cancelled') {
    if (agent !== undefined) {
      return new CommandError(`study ${id} had no result yet; fetch it again from ${agent} with: qloom fetch ${id}`);
    }
    return new CommandError(`study ${id} has no result yet; resume it with: qloom run ${shellWord(file)}`);
  }
  const reason = message || 'there is no reason on record';
  return new CommandError(`study ${id} ${state === 'failed' ? 'failed' : 'was cancelled'}: ${reason}\n${START_ANEW}`);
}
