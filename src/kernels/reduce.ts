import { multiplyAdd } from './fma';

/**
 * What one look at `count` float32 values tells: at `result` four float64 are written: sum of squares, largest absolute value
 * (both over the finite values), number of values that are not finite, sum. `count` is a multiple of 4.
 */
export function scan(source: usize, count: usize, result: usize): void {
  let squares = f64x2.splat(0);
  let sum = f64x2.splat(0);
  let largest = f32x4.splat(0);
  let bad = i32x4.splat(0);
  for (const end = source + count * 4; source < end; source += 16) {
    let values = v128.load(source);
    const good = f32x4.lt(f32x4.abs(values), f32x4.splat(Infinity));
    bad = i32x4.add(bad, v128.not(good));
    values = v128.and(values, good);
    largest = f32x4.pmax(largest, f32x4.abs(values));
    const low = f64x2.promote_low_f32x4(values);
    const high = f64x2.promote_low_f32x4(v128.shuffle<i64>(values, values, 1, 1));
    squares = multiplyAdd<f64>(low, low, squares);
    squares = multiplyAdd<f64>(high, high, squares);
    sum = f64x2.add(sum, f64x2.add(low, high));
  }
  store<f64>(result, f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1));
  const pairs = f32x4.pmax(largest, v128.shuffle<i64>(largest, largest, 1, 1));
  store<f64>(result, max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1)), 8);
  const wrong =
    i32x4.extract_lane(bad, 0) + i32x4.extract_lane(bad, 1) + i32x4.extract_lane(bad, 2) + i32x4.extract_lane(bad, 3);
  store<f64>(result, -wrong, 16);
  store<f64>(result, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1), 24);
}
