/** Uniform numbers in [0, 1) from a seed (the mulberry32 generator). */
export function uniforms(count: number, seed: number): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  });
}

/** Standard normal numbers from a seed (Box-Muller). */
export function normals(count: number, seed: number): Float64Array {
  const [a, b] = [uniforms(count, seed), uniforms(count, seed + 77_777)];
  return a.map((value, i) => Math.sqrt(-2 * Math.log(1 - value)) * Math.cos(2 * Math.PI * b[i]!));
}
