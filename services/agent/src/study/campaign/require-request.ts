import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { FieldViolation } from '@qloom/service-kit/faults/field-violations.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { MAX_POINTS } from './campaign-settings.ts';

/** Throws ValidationError unless person, token and number of points of a request are right. */
export function requireRequest({ who, token }: { readonly who: string; readonly token: string }, points: number): void {
  const wrong: FieldViolation[] = [];
  if (!/^[\p{L}\p{N}\p{P}\p{S}](?:[\p{L}\p{M}\p{N}\p{P}\p{S} ]{0,62}[\p{L}\p{M}\p{N}\p{P}\p{S}])?$/u.test(who)) {
    wrong.push({ field: 'who', description: `${quoted(who)} is not 1 to 64 printable characters` });
  }
  if (!/^[A-Za-z0-9-]{1,64}$/.test(token)) {
    wrong.push({ field: 'token', description: `${quoted(token)} is not 1 to 64 of A-Z, a-z, 0-9 and "-"` });
  }
  if (points > MAX_POINTS) {
    wrong.push({ field: 'points', description: `${points} in one request; right would be at most ${MAX_POINTS}` });
  }
  if (wrong.length > 0) throw new ValidationError(wrong);
}
