/** 32 entries in each node of the tree. */
const BITS = 5;
const MASK = 2 ** BITS - 1;

type Node<V> = readonly (Node<V> | V | undefined)[];

/**
 * An immutable map from episodes, whole numbers of at least 0, in their order. {@link with} copies a path of a tree of 32-fold nodes instead of
 * all entries: a study of n episodes, which extends such a map with every event, takes time in proportion to n log n instead of n².
 */
export class EpisodeMap<V> implements Iterable<readonly [number, V]> {
  readonly size: number;
  readonly #root: Node<V>;
  readonly #depth: number;

  private constructor(size: number, root: Node<V>, depth: number) {
    this.size = size;
    this.#root = root;
    this.#depth = depth;
  }

  /** The map without entries. */
  static empty<V>(): EpisodeMap<V> {
    return new EpisodeMap<V>(0, [], 1);
  }

  get(episode: number): V | undefined {
    if (episode >= 2 ** (BITS * this.#depth)) return undefined;
    let node: Node<V> | undefined = this.#root;
    for (let level = this.#depth - 1; level > 0; level--) node = node?.[(episode >>> (BITS * level)) & MASK] as Node<V>;
    return node?.[episode & MASK] as V | undefined;
  }

  has(episode: number): boolean {
    return this.get(episode) !== undefined;
  }

  /** The map with one entry more, or another value of one. */
  with(episode: number, value: V & {}): EpisodeMap<V> {
    let [root, depth] = [this.#root, this.#depth];
    for (; episode >= 2 ** (BITS * depth); depth++) root = [root];
    return new EpisodeMap(
      this.has(episode) ? this.size : this.size + 1,
      placed(root, depth - 1, episode, value),
      depth,
    );
  }

  *values(): Generator<V> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): Generator<readonly [number, V]> {
    return entries(this.#root, this.#depth - 1, 0);
  }
}

function placed<V>(node: Node<V>, level: number, episode: number, value: V): Node<V> {
  const copy = [...node];
  const at = (episode >>> (BITS * level)) & MASK;
  copy[at] = level === 0 ? value : placed((node[at] ?? []) as Node<V>, level - 1, episode, value);
  return copy;
}

function* entries<V>(node: Node<V>, level: number, first: number): Generator<readonly [number, V]> {
  for (const [i, child] of node.entries()) {
    if (child === undefined) continue;
    const episode = first + i * 2 ** (BITS * level);
    if (level === 0) yield [episode, child as V];
    else yield* entries(child as Node<V>, level - 1, episode);
  }
}
