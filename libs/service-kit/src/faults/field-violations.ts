import { boundedMessage } from './bounded-message.ts';

/** One wrong field of a request. */
export interface FieldViolation {
  /** Path of the field as the contract names it: `settings.hyperparameters[2].value`. */
  readonly field: string;
  /** What is wrong and what would be right. */
  readonly description: string;
}

/** As many violations as fit into `maxBytes`, each description within its own limit, and the number of the others. */
export function boundedViolations(
  violations: readonly FieldViolation[],
  maxBytes = 1_400,
): { readonly shown: readonly FieldViolation[]; readonly more: number } {
  const shown: FieldViolation[] = [];
  let bytes = 0;
  for (const violation of violations) {
    const field = boundedMessage(violation.field, MAX_FIELD_BYTES);
    const description = boundedMessage(violation.description, MAX_DESCRIPTION_BYTES);
    bytes += Buffer.byteLength(field) + Buffer.byteLength(description) + VIOLATION_OVERHEAD;
    if (bytes > maxBytes && shown.length > 0) break;
    shown.push({ field, description });
  }
  return { shown, more: violations.length - shown.length };
}

const MAX_FIELD_BYTES = 300;
const MAX_DESCRIPTION_BYTES = 1_000;
/** Tags and lengths of a `FieldViolation`, at most two bytes a length. */
const VIOLATION_OVERHEAD = 9;
