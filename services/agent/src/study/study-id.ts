import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { quoted } from '@qloom/tensor/quoted.ts';

const STUDY_ID = /^[a-z0-9-]{1,63}$/;

/** Throws ValidationError unless `id` can name a study or a campaign. */
export function requireStudyId(id: string): void {
  if (STUDY_ID.test(id)) return;
  const description = `${quoted(id)} is not 1 to 63 of a-z, 0-9 and "-"`;
  throw new ValidationError([{ field: 'id', description }]);
}
