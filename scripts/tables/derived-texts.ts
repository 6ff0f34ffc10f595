import { CHOICE_RULES } from '@qloom/agent/domain/choice/choice-table.ts';
import { POLICIES } from '@qloom/agent/domain/policy/policy-table.ts';
import { REWARD_FORMS } from '@qloom/agent/domain/reward/reward-table.ts';
import type { Augmentation } from '@qloom/datasets/augmentations/augmentation.ts';
import { AUGMENTATIONS } from '@qloom/datasets/augmentations/augmentation-table.ts';
import type { GeneratorMethod } from '@qloom/generator/domain/methods/method.ts';
import { METHODS } from '@qloom/generator/domain/methods/method-table.ts';
import { ENGINES } from '@qloom/qnn/engine/engine-table.ts';
import { ANSATZ_TABLE } from '@qloom/quantum/ansatz/ansatz-table.ts';
import { describeRange, type OptionSpec, type OptionSpecs } from '@qloom/quantum/circuit-options.ts';
import { ENCODINGS } from '@qloom/quantum/encodings/encoding-table.ts';
import { withTable } from './markdown.ts';
import { withFields } from './study-file-fields.ts';

/** A file of the documentation, parts of which follow from the tables of the code. */
export interface DerivedText {
  /** Relative to the repository's root. */
  readonly path: string;
  /** The text as it should be, from the text as it is. Throws where a table has gone. */
  derive(text: string): string;
}

/** Every page with a table that follows from the code, by `npm run generate`. */
export const DERIVED_TEXTS: readonly DerivedText[] = [
  { path: 'docs/guides/study-files.md', derive: withFields },
  {
    path: 'docs/guides/circuits.md',
    derive: (text) =>
      [['encoding', ENCODINGS] as const, ['ansatz', ANSATZ_TABLE] as const].reduce(
        (page, [title, rows]) => withTable(page, [title, 'what it is', 'options (default)'], optionRows(rows)),
        text,
      ),
  },
  {
    path: 'services/agent/README.md',
    derive: (text) =>
      [
        [['policy', 'how it chooses'], described(POLICIES)] as const,
        [['reward form', 'what it rewards'], described(REWARD_FORMS)] as const,
        [['choice', 'when points are added'], described(CHOICE_RULES)] as const,
      ].reduce((page, [head, rows]) => withTable(page, head, rows), text),
  },
  {
    path: 'services/generator/README.md',
    derive: (text) =>
      withTable(
        text,
        ['method', 'what it draws', 'baseline'],
        Object.entries<GeneratorMethod>(METHODS).map(([name, { description, baseline }]) => [
          code(name),
          description,
          baseline ? 'yes' : '',
        ]),
      ),
  },
  {
    path: 'services/qnn-sim/README.md',
    derive: (text) =>
      withTable(
        text,
        ['engine', 'what'],
        ENGINES.map(({ name, description }) => [code(name), description]),
      ),
  },
  {
    path: 'libs/datasets/README.md',
    derive: (text) =>
      withTable(
        text,
        ['name', 'strength (default)', 'meaning'],
        Object.values<Augmentation>(AUGMENTATIONS).map(augmentationRow),
      ),
  },
];

function described(rows: Readonly<Record<string, { readonly description: string }>>): string[][] {
  return Object.entries(rows).map(([name, { description }]) => [code(name), description]);
}

function optionRows(rows: Readonly<Record<string, { readonly description: string; readonly options: OptionSpecs }>>) {
  return Object.entries(rows).map(([name, { description, options }]) => {
    const said = Object.entries(options).map(([option, spec]) => `${code(option)}: ${optionText(spec)}`);
    return [code(name), description, said.join('; ')];
  });
}

function optionText(spec: OptionSpec): string {
  const right = describeRange(spec).replace(/^(one|a list) of /, (_, kind) => (kind === 'one' ? '' : 'list of '));
  return `${right} (${Array.isArray(spec.default) ? `[${spec.default.join(', ')}]` : spec.default})`;
}

function augmentationRow({ name, title, strength }: Augmentation): string[] {
  if (strength === null) return [code(name), '–', title];
  const { low, high, default: usual, meaning } = strength;
  return [code(name), `${low}–${high} (${usual})`, `${title}; strength: ${meaning}`];
}

function code(name: string): string {
  return `\`${name}\``;
}
