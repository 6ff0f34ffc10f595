import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { rowsByClass } from '@qloom/study/points/rows.ts';

/**
 * `parts` disjoint lists of `size` row numbers, at random, every class dealt out in turn so that the parts have its rows
 * in equal shares (to within one). `parts`·`size` must not exceed the number of rows.
 */
export function equalParts(points: Points, parts: number, size: number, random: Random): number[][] {
  const classes = rowsByClass(points).map((rows) => random.shuffle([...rows]));
  // Interleave the classes in proportion: the row that is i-th of its n_c stands at (i + ½)/n_c of the deck.
  const deck = classes.flatMap((rows) =>
    rows.map((row, i) => ({ row, at: (Math.floor(i / parts) + 0.5) / Math.ceil(rows.length / parts) })),
  );
  // A stable sort: rows at equal positions keep their class together and their shuffled order.
  deck.sort((a, b) => a.at - b.at);
  const out = Array.from({ length: parts }, (): number[] => []);
  const offset = random.integer(parts);
  for (let i = 0; i < parts * size; i++) out[(i + offset) % parts].push(deck[i].row);
  return out;
}
