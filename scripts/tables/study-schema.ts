import { CHOICE_RULE_NAMES } from '@qloom/agent/domain/choice/choice-table.ts';
import { POLICY_NAMES } from '@qloom/agent/domain/policy/policy-table.ts';
import { REWARD_FORM_NAMES, REWARD_FORMS } from '@qloom/agent/domain/reward/reward-table.ts';
import { listTaskKinds } from '@qloom/datasets/tasks/task-table.ts';
import { METHOD_NAMES, METHODS } from '@qloom/generator/domain/methods/method-table.ts';
import { ANSATZ_NAMES } from '@qloom/quantum/ansatz/ansatz-table.ts';
import { ENCODING_NAMES } from '@qloom/quantum/encodings/encoding-table.ts';
import { isNode, parseDocument } from 'yaml';

/** A node of a JSON Schema, as far as it is read here. */
export interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly type?: string | readonly string[];
  enum?: readonly unknown[];
  default?: unknown;
}

/** What the tables say of fields of `study.schema.json`: JSON pointer → value. */
export function schemaValues(): ReadonlyMap<string, unknown> {
  const weighted = REWARD_FORM_NAMES.filter((name) => REWARD_FORMS[name].weighted);
  return new Map<string, unknown>([
    ['/properties/data/properties/task/enum', listTaskKinds().map(({ name }) => name)],
    ['/properties/qnn/properties/encoding/enum', ENCODING_NAMES],
    ['/properties/qnn/properties/ansatz/enum', ANSATZ_NAMES],
    ['/properties/policy/default', POLICY_NAMES[0]],
    ['/else/properties/policy/enum', POLICY_NAMES],
    ['/properties/reward/properties/form/enum', REWARD_FORM_NAMES],
    ['/properties/reward/properties/form/default', REWARD_FORM_NAMES[0]],
    ['/properties/reward/then/properties/form/enum', weighted],
    ['/properties/evaluation/properties/choice/enum', CHOICE_RULE_NAMES],
    ['/properties/evaluation/properties/choice/default', CHOICE_RULE_NAMES[0]],
    [
      '/properties/evaluation/properties/rivals/items/anyOf/0/enum',
      METHOD_NAMES.filter((name) => METHODS[name].baseline),
    ],
  ]);
}

/** The text of the schema with the values of {@link schemaValues}, formatted as it was; a value is written on one line. */
export function derivedSchema(text: string): string {
  return [...schemaValues()].reduce((schema, [pointer, value]) => {
    const node = parseDocument(schema).getIn(pointer.split('/').slice(1), true);
    if (!isNode(node) || !node.range) throw new Error(`the schema has no ${pointer}`);
    const [from, to] = node.range;
    return `${schema.slice(0, from)}${JSON.stringify(value).replaceAll(',', ', ')}${schema.slice(to)}`;
  }, text);
}

/** The value at a JSON pointer of the schema. */
export function valueAt(schema: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], schema);
}
