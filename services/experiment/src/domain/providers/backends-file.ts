import { quoted } from '@qloom/tensor/quoted.ts';
import { isMap, isNode, LineCounter, parseDocument } from 'yaml';
import type { ExperimentBackend } from '../backend/backend.ts';
import { BackendsFileError, createOptions, type OptionsSource } from './options.ts';
import type { ProviderContext } from './provider.ts';
import { PROVIDERS, providerNamed } from './provider-table.ts';

/** A name in a file of backends. */
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** The file that is used where none is given: one exact simulator. */
const DEFAULT = '- name: simulator\n  provider: simulator\n';

/**
 * Opens the backends of a file: a YAML list of mappings with `name`, `provider` and the fields of the provider. Without a path
 * there is one backend, `simulator`. Throws BackendsFileError, which names file, line and field, and says what would be right.
 */
export function openBackends(
  path: string | undefined,
  readText: (path: string) => string,
  context: ProviderContext,
): ExperimentBackend[] {
  const file = path ?? '(default)';
  const { value, lineOf } = parse(file, path === undefined ? DEFAULT : readText(file));
  if (!Array.isArray(value) || value.length === 0) {
    throw new BackendsFileError(
      `${file}: is ${quoted(value)}; right would be a list of backends, each with name and provider`,
    );
  }
  const open = (named: string): OptionsSource => {
    const { value: values, lineOf: lineIn } = parse(named, readText(named));
    if (!isMapping(values))
      throw new BackendsFileError(`${named}: is ${quoted(values)}; right would be a mapping of fields`);
    return { file: named, values, path: '', lineOf: lineIn, open };
  };
  const names = new Set<string>();
  return value.map((values: unknown, i) => {
    if (!isMapping(values)) {
      throw new BackendsFileError(
        `${file}: [${i}]: is ${quoted(values)}; right would be a mapping with name and provider`,
      );
    }
    const options = createOptions({ file, values, path: `[${i}]`, lineOf: (rest) => lineOf([i, ...rest]), open });
    const name = options.text('name');
    if (!NAME.test(name)) options.refuse('name', `is ${quoted(name)}; right would be 1 to 32 of a-z, 0-9 and "-"`);
    if (names.has(name)) options.refuse('name', `is ${quoted(name)} for the second time; right would be another name`);
    names.add(name);
    const provider = options.choice(
      'provider',
      PROVIDERS.map((one) => one.name),
    );
    const backend = providerNamed(provider).open(name, options, context);
    options.finish();
    return backend;
  });
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A parsed file, and the line of a path in it. */
interface Parsed {
  readonly value: unknown;
  lineOf(path: readonly (string | number)[]): number | undefined;
}

function parse(file: string, text: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new BackendsFileError(`${file}:${error.linePos?.[0].line ?? 1}: ${error.message.split(/ at line \d+/)[0]}`);
  }
  return {
    value: document.toJS({ maxAliasCount: 100 }),
    lineOf(path) {
      for (let length = path.length; length > 0; length--) {
        const inside = path.slice(0, length);
        const parent = length === 1 ? document.contents : document.getIn(inside.slice(0, -1), true);
        const pair = isMap(parent)
          ? parent.items.find(({ key }) => String(isNode(key) ? key : '') === String(inside[length - 1]))
          : undefined;
        const node = pair === undefined ? document.getIn(inside, true) : pair.key;
        if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
      }
      return undefined;
    },
  };
}
