/**
 * Shapes of a decay: the fraction of `peak - floor` that is left after the fraction `u` in [0, 1] of the decay.
 * Each is 1 at u = 0 and 0 at u = 1.
 */

/** Straight line. Source: transformers `get_linear_schedule_with_warmup`; modded-nanogpt cool-down. */
export function linearShape(u: number): number {
  return 1 - u;
}

/** Half a cosine. Source: SGDR (1608.03983) eq. 5; nanoGPT `get_lr`; Megatron `OptimizerParamScheduler`, style `cosine`. */
export function cosineShape(u: number): number {
  return (1 + Math.cos(Math.PI * u)) / 2;
}

/** 1 - sqrt(u). Source: 2405.18392 eq. 2; Megatron style `minus_sqrt`; torchtitan `decay_type = "sqrt"`. */
export function sqrtShape(u: number): number {
  return 1 - Math.sqrt(u);
}

/** (1 - u)^power. Source: transformers `get_polynomial_decay_schedule_with_warmup`; fairseq `polynomial_decay`. */
export function polynomialShape(u: number, power: number): number {
  return (1 - u) ** power;
}

/**
 * Rate of an exponential decay from `peak` to `final`: geometric, as in MiniCPM's WSD (2404.06395) and torch
 * `ExponentialLR`. A geometric fall never reaches zero: with `final` <= 0 it is 2 * 0.5^u - 1 of the peak, Megatron's
 * `exponential` WSD style.
 */
export function exponentialLr(u: number, peak: number, final: number): number {
  return final > 0 && peak > 0 ? peak ** (1 - u) * final ** u : final + (peak - final) * (2 * 0.5 ** u - 1);
}

/** Steps after which an inverse-square-root decay without known end has lost a factor sqrt(2). Source: transformers default. */
const DEFAULT_TIMESCALE = 10_000;

/**
 * Time scale T of the decay peak * sqrt(T / (T + s - decayStart)) that reaches `final` after `decaySteps`. Where `final`
 * says nothing (not in (0, peak)), T is the warm-up length, or `DEFAULT_TIMESCALE` without one.
 * Source: transformers `get_inverse_sqrt_schedule` (T = warm-up); Megatron `inverse-square-root`; fairseq `inverse_sqrt`.
 */
export function inverseSqrtTimescale(
  peak: number,
  final: number,
  span: { readonly decayStart: number; readonly decaySteps: number },
): number {
  if (final > 0 && final < peak && span.decaySteps > 0) return span.decaySteps / ((peak / final) ** 2 - 1);
  return span.decayStart > 0 ? span.decayStart : DEFAULT_TIMESCALE;
}
