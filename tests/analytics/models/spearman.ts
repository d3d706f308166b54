/** Spearman's rank correlation: Pearson's of the ranks. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const ranks = (values: ArrayLike<number>) => {
    const order = Array.from(values).map((_, n) => n).sort((m, n) => values[m]! - values[n]!);
    const rank = new Float64Array(order.length);
    for (const [place, index] of order.entries()) rank[index] = place;
    return rank;
  };
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (x.length - 1) / 2;
  const products = x.map((rank, n) => (rank - middle) * (y[n]! - middle)).reduce(
    (sum, product) => sum + product,
    0,
  );
  return products / x.map((rank) => (rank - middle) ** 2).reduce((sum, square) => sum + square, 0);
}
