/** A tree, node by node: an inner one has a feature, a threshold and its right child (its left child is the next node). */
export interface Tree {
  /** -1 in a leaf. */
  readonly features: Int32Array;
  /** In a leaf: the length of the path to it, with what a larger tree would have added. */
  readonly thresholds: Float64Array;
  readonly rights: Int32Array;
  /** No leaf is farther down. */
  readonly depth: number;
}

/**
 * The lengths of each row's paths in all trees, added up. A value that is not above a node's threshold goes left.
 *
 * A million rows take a billion steps down the trees, and a processor that cannot guess which way it goes loses ten times
 * what a step takes. So a step is arithmetic: values are counted in thresholds, a leaf is its own child, and four rows go
 * down at once, none of which waits for another.
 *
 * @param features Columns of the same length, all finite.
 */
export function pathLengths(forest: readonly Tree[], features: readonly Float64Array[]): Float64Array {
  const rows = features[0]?.length ?? 0;
  const thresholds = features.map((_, feature) => thresholdsOf(forest, feature));
  const packed = forest.map((tree) => packTree(tree, thresholds));
  const lengths = new Float64Array(rows);
  const block = new Float64Array(rowsPerBlock);
  const ranks = new Int32Array(rowsPerBlock * features.length);
  for (let start = 0; start < rows; start += rowsPerBlock) {
    const count = Math.min(rowsPerBlock, rows - start);
    for (const [index, values] of features.entries()) {
      for (let row = 0; row < count; row++) {
        ranks[row * features.length + index] = countBelow(thresholds[index]!, values[start + row]!);
      }
    }
    block.fill(0);
    for (const tree of packed) addPaths(tree, ranks, features.length, block);
    lengths.set(block.subarray(0, count), start);
  }
  return lengths;
}

/** So few rows that they stay in the processor's cache while all trees look at them; a multiple of four. */
const rowsPerBlock = 1024;

/** All thresholds of a feature, each once, the lowest first. */
function thresholdsOf(forest: readonly Tree[], feature: number): Float64Array {
  const all = forest.flatMap(({ features, thresholds }) =>
    Array.from(thresholds).filter((_, node) => features[node] === feature)
  );
  return Float64Array.from(new Set(all)).sort();
}

/** How many thresholds are below a value. */
function countBelow(thresholds: Float64Array, value: number): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (thresholds[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface PackedTree {
  /** Four numbers a node: its feature, how many thresholds are below a value that goes right, and both children. */
  readonly nodes: Int32Array;
  readonly lengths: Float64Array;
  readonly depth: number;
}

function packTree(
  { features, thresholds, rights, depth }: Tree,
  sorted: readonly Float64Array[],
): PackedTree {
  const nodes = new Int32Array(4 * features.length);
  for (const [node, feature] of features.entries()) {
    nodes.set(
      feature === -1
        ? [0, 0, node, node]
        : [feature, countBelow(sorted[feature]!, thresholds[node]!) + 1, rights[node]!, node + 1],
      4 * node,
    );
  }
  return { nodes, lengths: thresholds, depth };
}

function addPaths(
  { nodes, lengths, depth }: PackedTree,
  ranks: Int32Array,
  width: number,
  sums: Float64Array,
): void {
  for (let row = 0; row < rowsPerBlock; row += 4) {
    const first = row * width;
    const second = first + width;
    const third = second + width;
    const fourth = third + width;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let level = 0; level < depth; level++) {
      // The sign of the difference says which child it is.
      a = nodes[a + 2 + (ranks[first + nodes[a]!]! - nodes[a + 1]! >>> 31)]! << 2;
      b = nodes[b + 2 + (ranks[second + nodes[b]!]! - nodes[b + 1]! >>> 31)]! << 2;
      c = nodes[c + 2 + (ranks[third + nodes[c]!]! - nodes[c + 1]! >>> 31)]! << 2;
      d = nodes[d + 2 + (ranks[fourth + nodes[d]!]! - nodes[d + 1]! >>> 31)]! << 2;
    }
    sums[row]! += lengths[a >> 2]!;
    sums[row + 1]! += lengths[b >> 2]!;
    sums[row + 2]! += lengths[c >> 2]!;
    sums[row + 3]! += lengths[d >> 2]!;
  }
}
