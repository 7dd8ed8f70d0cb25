import type { ParamSpec } from '../laws/law';

/** One parameter in an unbounded coordinate u, so that a search needs no bounds. */
export interface Transform {
  /** Coordinate of a value; values at or beyond a bound are moved just inside. */
  toFree(value: number): number;
  toBounded(u: number): number;
  /** d value / d u. */
  slope(u: number): number;
}

const IDENTITY: Transform = { toFree: (value) => value, toBounded: (u) => u, slope: () => 1 };

/** How near to a bound a start may lie, as a share of the range or of 1. */
const MARGIN = 1e-9;

/** Beyond this the exponential of a coordinate would overflow or vanish. */
const MAX_COORDINATE = 300;

/** Transform for the bounds of `spec`: logarithm for a lower bound, logit for two, identity for none. */
export function transformFor({ low, high }: Pick<ParamSpec, 'low' | 'high'>): Transform {
  if (Number.isFinite(low) && Number.isFinite(high)) return logit(low, high);
  return Number.isFinite(low) ? logAbove(low) : IDENTITY;
}

function logAbove(low: number): Transform {
  return {
    toFree: (value) => Math.log(Math.max(value - low, MARGIN)),
    toBounded: (u) => low + Math.exp(clamp(u)),
    slope: (u) => Math.exp(clamp(u)),
  };
}

function logit(low: number, high: number): Transform {
  const share = (u: number): number => 1 / (1 + Math.exp(-clamp(u)));
  return {
    toFree: (value) => {
      const inside = Math.min(1 - MARGIN, Math.max(MARGIN, (value - low) / (high - low)));
      return Math.log(inside / (1 - inside));
    },
    toBounded: (u) => low + (high - low) * share(u),
    slope: (u) => (high - low) * share(u) * (1 - share(u)),
  };
}

function clamp(u: number): number {
  return Math.min(MAX_COORDINATE, Math.max(-MAX_COORDINATE, u));
}
