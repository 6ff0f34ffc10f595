import { readFileSync } from 'node:fs';
import { POLICY_NAMES } from '@qloom/agent/domain/policy/policy-table.ts';
import { SCHEMA_PATH } from '@qloom/cli/study-file/check-schema.ts';
import type { SchemaNode } from './study-schema.ts';

/** The guide to study files, with the names and defaults that the schema has in the rows of fields that take one of some names. */
export function withFields(guide: string): string {
  const schema = JSON.parse(readFileSync(SCHEMA_PATH, 'utf8')) as SchemaNode;
  return guide.replaceAll(/^\| `([\w.]+)` \| ([^|]*) \| ([^|]*) \|/gm, (row, path: string) => {
    const field = path.split('.').reduce<SchemaNode | undefined>((node, key) => node?.properties?.[key], schema);
    const names = path === 'policy' ? POLICY_NAMES : (field?.enum ?? itemNames(field));
    if (field === undefined || names === undefined) return row;
    const allowed = `${field.items ? 'list of ' : ''}${names.map((name) => `\`${name}\``).join(', ')}`;
    return `| \`${path}\` | ${allowed} | ${defaultText(field.default)} |`;
  });
}

/** Names that the entries of a list may have; further ones may be allowed besides. */
const itemNames = (field: SchemaNode | undefined) => field?.items?.enum ?? field?.items?.anyOf?.[0].enum;

function defaultText(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value).replaceAll(',', ', ');
  return `\`${text}\``;
}
