import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { quoted } from '@qloom/tensor/quoted.ts';

/** The object in a JSON text; empty for an empty text. Throws DatasetError naming `field` for anything else. */
export function jsonObject(text: string, field: string): Record<string, unknown> {
  let value: unknown = {};
  try {
    if (text !== '') value = JSON.parse(text);
  } catch {
    value = null;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new DatasetError(field, `${field}: ${quoted(text, "'")} is no JSON object`);
}
