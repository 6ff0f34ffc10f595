import { type Combination, OPTIONS } from './options.ts';

const names = OPTIONS.map(({ name }) => name);
const choicesOf = (name: string): string[] =>
  Object.keys(OPTIONS.find((option) => option.name === name)?.choices ?? {});

/** The first choice of every option. */
export function defaults(): Combination {
  return Object.fromEntries(names.map((name) => [name, choicesOf(name)[0]]));
}

/** Each choice alone, beside the defaults of the other options. */
export function eachAlone(): Combination[] {
  return names.flatMap((name) =>
    choicesOf(name)
      .slice(1)
      .map((choice) => ({ ...defaults(), [name]: choice })),
  );
}

/**
 * Few combinations in which every choice of every `strength` options occurs together: a covering array, built greedily. Each row
 * begins with a tuple that no row has yet and takes, option by option, the choice that completes the most missing ones.
 */
export function covering(strength: number): Combination[] {
  const missing = new Set(subsets(names, strength).flatMap(tuplesOf));
  const rows: Combination[] = [];
  for (const first of missing) {
    const row: Record<string, string> = Object.fromEntries(first.split(' ').map((pair) => pair.split('=')));
    for (const name of names.filter((name) => !(name in row))) {
      const gain = (choice: string): number =>
        tuplesWithin({ ...row, [name]: choice }, name, strength).filter((tuple) => missing.has(tuple)).length;
      const counted = choicesOf(name).map((choice) => ({ choice, gain: gain(choice) }));
      row[name] = counted.reduce((best, one) => (one.gain > best.gain ? one : best)).choice;
    }
    for (const options of subsets(names, strength)) missing.delete(tupleOf(options, row));
    rows.push(row);
  }
  return rows;
}

/** Choices of `options` in `row`: `gpu=none mtls=mtls`. */
function tupleOf(options: readonly string[], row: Combination): string {
  return options.map((name) => `${name}=${row[name]}`).join(' ');
}

/** Every choice of `options` together. */
function tuplesOf(options: readonly string[]): string[] {
  const rows = options.reduce<Combination[]>(
    (rows, name) => rows.flatMap((row) => choicesOf(name).map((choice) => ({ ...row, [name]: choice }))),
    [{}],
  );
  return rows.map((row) => tupleOf(options, row));
}

/** Tuples of the options that `row` has so far, `name` among them. */
function tuplesWithin(row: Combination, name: string, strength: number): string[] {
  const others = names.filter((other) => other in row && other !== name);
  return subsets(others, strength - 1).map((part) =>
    tupleOf(
      names.filter((other) => other === name || part.includes(other)),
      row,
    ),
  );
}

/** All subsets of `size` items, in their order. */
function subsets(items: readonly string[], size: number): string[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => subsets(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));
}
