/**
 * A smooth curve through points that never turns between them (Fritsch and Carlson, 10.1137/0717021): cubic pieces with limited slopes. `x`
 * ascends strictly, `y` does not turn. Beyond the ends it goes on straight, with the slope of the end but never past 0
 * from above. One point gives a constant.
 */
export function monotoneCurve(x: readonly number[], y: readonly number[]): (at: number) => number {
  const last = x.length - 1;
  if (last < 1) return () => y[0] ?? 0;
  const secants = Array.from({ length: last }, (_, i) => (y[i + 1]! - y[i]!) / (x[i + 1]! - x[i]!));
  const slopes = x.map((_, i) => {
    const [left, right] = [secants[i - 1] ?? secants[0]!, secants[i] ?? secants[last - 1]!];
    if (left * right <= 0) return 0;
    const mean = (left + right) / 2;
    return Math.sign(mean) * Math.min(Math.abs(mean), 3 * Math.min(Math.abs(left), Math.abs(right)));
  });
  let piece = 0;
  return (at) => {
    if (at <= x[0]!) return y[0]! + slopes[0]! * (at - x[0]!);
    if (at >= x[last]!) return Math.max(Math.min(0, y[last]!), y[last]! + slopes[last]! * (at - x[last]!));
    if (at < x[piece]!) piece = 0;
    while (at > x[piece + 1]!) piece++;
    const width = x[piece + 1]! - x[piece]!;
    const t = (at - x[piece]!) / width;
    const [a, b] = [slopes[piece]! * width, slopes[piece + 1]! * width];
    const [from, to] = [y[piece]!, y[piece + 1]!];
    return from + t * (a + t * (3 * (to - from) - 2 * a - b + t * (a + b - 2 * (to - from))));
  };
}
