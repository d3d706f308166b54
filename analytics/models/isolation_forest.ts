import { pathLengths, type Tree } from "./forest_paths.ts";

/** A deterministic source of numbers from 0 up to 1. */
type Random = () => number;

export interface IsolationForestOptions {
  readonly trees: number;
  /** How many rows each tree is grown from; all of them, when there are fewer. */
  readonly samples: number;
  /** The same seed and rows give the same scores. */
  readonly seed: number;
}

/**
 * How easily each row is told from the others, from 0 to 1: about 0.5 for a usual one, more for an anomaly. After Liu,
 * Ting and Zhou, Isolation Forest (2008): random cuts of random features, and the mean depth at which a row is alone.
 *
 * @param features Columns of the same length, all finite.
 */
export function isolationForest(
  features: readonly Float64Array[],
  { trees, samples, seed }: IsolationForestOptions,
): Float64Array {
  const rows = features[0]?.length ?? 0;
  const size = Math.min(samples, rows);
  const random = mulberry32(seed);
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  const forest = Array.from(
    { length: trees },
    () => growTree(features, sample(order, size, random), random),
  );
  const usual = averagePath(size);
  return pathLengths(forest, features).map((depth) => usual === 0 ? 0.5 : 2 ** (-depth / trees / usual));
}

/** The first `size` after a partial shuffle: a sample without replacement. */
function sample(order: Int32Array, size: number, random: Random): Int32Array {
  for (let index = 0; index < size; index++) {
    const other = index + Math.floor(random() * (order.length - index));
    [order[index], order[other]] = [order[other]!, order[index]!];
  }
  return order.slice(0, size);
}

function growTree(features: readonly Float64Array[], rows: Int32Array, random: Random): Tree {
  const nodes = 2 * rows.length;
  const tree = {
    features: new Int32Array(nodes).fill(-1),
    thresholds: new Float64Array(nodes),
    rights: new Int32Array(nodes),
    depth: Math.ceil(Math.log2(Math.max(rows.length, 2))),
  };
  let next = 0;
  const grow = (rows: Int32Array, depth: number): void => {
    const node = next++;
    const cut = depth < tree.depth && rows.length > 1 ? randomCut(features, rows, random) : null;
    if (cut === null) {
      tree.thresholds[node] = depth + averagePath(rows.length);
      return;
    }
    const values = features[cut.feature]!;
    tree.features[node] = cut.feature;
    tree.thresholds[node] = cut.threshold;
    grow(rows.filter((row) => values[row]! <= cut.threshold), depth + 1);
    tree.rights[node] = next;
    grow(rows.filter((row) => values[row]! > cut.threshold), depth + 1);
  };
  grow(rows, 0);
  return tree;
}

/** A random place between the lowest and the highest value of a random feature that varies; `null` when none does. */
function randomCut(features: readonly Float64Array[], rows: Int32Array, random: Random) {
  const untried = features.map((_, index) => index);
  while (untried.length > 0) {
    const feature = untried.splice(Math.floor(random() * untried.length), 1)[0]!;
    let low = Infinity;
    let high = -Infinity;
    for (const row of rows) {
      const value = features[feature]![row]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    // Below the highest value, so that both sides have rows even where rounding meets it.
    if (low < high) {
      return { feature, threshold: Math.min(low + random() * (high - low), previous(high, low)) };
    }
  }
  return null;
}

const previous = (high: number, low: number) => low + (high - low) * (1 - 2 ** -52);

const eulerGamma = 0.5772156649015329;

/** The mean path to a row in a tree of `rows`, as in a binary search tree that does not find it. */
function averagePath(rows: number): number {
  if (rows < 2) return 0;
  if (rows === 2) return 1;
  return 2 * (Math.log(rows - 1) + eulerGamma) - 2 * (rows - 1) / rows;
}

/** Tommy Ettinger's mulberry32. */
function mulberry32(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let t = Math.imul(state ^ state >>> 15, 1 | state);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}
