import { linearTicks, logTicks, type Ticks, tickDecimals } from '../shared/ticks';

/** Values that an axis shows. */
export interface Domain {
  readonly min: number;
  readonly max: number;
  readonly log: boolean;
}

/** Where values of an axis stand in pixels. */
export interface Scale {
  readonly domain: Domain;
  /** Pixel of a value; `NaN` for what a logarithmic axis cannot show. */
  readonly at: (value: number) => number;
  readonly valueAt: (pixel: number) => number;
}

/** The scale that puts the least value of a domain at pixel `from` and the greatest at pixel `to`. */
export function scaleOf(domain: Domain, from: number, to: number): Scale {
  const map = domain.log ? (value: number) => (value > 0 ? Math.log(value) : Number.NaN) : (value: number) => value;
  const [low, high] = [map(domain.min), map(domain.max)];
  const span = high - low || 1;
  return {
    domain,
    at: (value) => from + ((map(value) - low) / span) * (to - from),
    valueAt: (pixel) => {
      const mapped = low + ((pixel - from) / (to - from)) * span;
      return domain.log ? Math.exp(mapped) : mapped;
    },
  };
}

/** A domain with some room on both sides; one value alone gets room too. */
export function padded({ min, max, log }: Domain, share: number): Domain {
  if (log && min > 0) {
    const factor = (max / min) ** share || 1;
    const room = factor > 1 ? factor : 1.1;
    return { min: min / room, max: max * room, log };
  }
  const room = (max - min) * share || Math.abs(max) * 0.05 || 1;
  return { min: min - room, max: max + room, log: false };
}

/** Round values of a domain, about one per `gap` of `length` pixels. */
export function ticksOf({ min, max, log }: Domain, length: number, gap: number): Ticks {
  return (log ? logTicks : linearTicks)(min, max, Math.max(2, length / gap));
}

/** A tick of a loss axis. */
export function lossLabel(value: number, { step }: Ticks): string {
  return step > 0 ? value.toFixed(tickDecimals(step)) : String(Number(value.toPrecision(3)));
}

/** Positive values that span so much that they are told apart on a logarithmic axis only. */
export function wantsLog(min: number, max: number): boolean {
  return min > 0 && max / min >= 20;
}
