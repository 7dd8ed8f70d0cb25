// Half-width floats to float32 and back. Counts are rounded up to 8 values: both arrays need that much room.

/** bfloat16: the upper half of a float32. */
export function widenBf16(target: usize, source: usize, count: usize): void {
  const zero = i16x8.splat(0);
  for (const end = source + count * 2; source < end; source += 16) {
    const halves = v128.load(source);
    v128.store(target, v128.shuffle<i16>(zero, halves, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(target, v128.shuffle<i16>(zero, halves, 4, 12, 5, 13, 6, 14, 7, 15), 16);
    target += 32;
  }
}

/** Takes the upper halves of float32 values, which loses nothing of values that came from bfloat16. */
export function narrowBf16(target: usize, source: usize, count: usize): void {
  for (const end = target + count * 2; target < end; target += 16) {
    const first = v128.load(source);
    const second = v128.load(source, 16);
    v128.store(target, v128.shuffle<i16>(first, second, 1, 3, 5, 7, 9, 11, 13, 15));
    source += 32;
  }
}

/** IEEE float16, subnormal numbers, infinities and not-a-number included. */
export function widenF16(target: usize, source: usize, count: usize): void {
  for (const end = source + count * 2; source < end; source += 16) {
    const halves = v128.load(source);
    v128.store(target, widenFour(i32x4.extend_low_i16x8_u(halves)));
    v128.store(target, widenFour(i32x4.extend_high_i16x8_u(halves)), 16);
    target += 32;
  }
}

/** Exponent and fraction move into place, and one product with 2^112 corrects the bias of all finite numbers. */
function widenFour(half: v128): v128 {
  const sign = i32x4.shl(v128.and(half, i32x4.splat(0x8000)), 16);
  const rest = i32x4.shl(v128.and(half, i32x4.splat(0x7fff)), 13);
  const scaled = f32x4.mul(rest, f32x4.splat(reinterpret<f32>(0x77800000)));
  const special = i32x4.gt_s(rest, i32x4.splat(0x0f7fffff));
  return v128.or(sign, v128.or(scaled, v128.and(special, i32x4.splat(0x7f800000))));
}

/** Finite float32 values that came from float16, without loss. */
export function narrowF16(target: usize, source: usize, count: usize): void {
  for (const end = target + count * 2; target < end; target += 16) {
    const first = narrowFour(v128.load(source));
    const second = narrowFour(v128.load(source, 16));
    v128.store(target, v128.shuffle<i16>(first, second, 0, 2, 4, 6, 8, 10, 12, 14));
    source += 32;
  }
}

/** The product with 2^-112 makes the exponent one of float16, subnormal numbers included. */
function narrowFour(values: v128): v128 {
  const sign = v128.and(i32x4.shr_u(values, 16), i32x4.splat(0x8000));
  const scaled = f32x4.mul(f32x4.abs(values), f32x4.splat(reinterpret<f32>(0x07800000)));
  return v128.or(sign, i32x4.shr_u(scaled, 13));
}
