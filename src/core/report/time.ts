import { THIN_SPACE, UNKNOWN } from './numbers';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration in its two largest units: `45 s`, `3 min`, `2 h 14 min`, `5 d 3 h`; `< 1 s` below a second. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return UNKNOWN;
  if (ms < SECOND) return `<${THIN_SPACE}1${THIN_SPACE}s`;
  if (ms < MINUTE) return unit(ms / SECOND, 's');
  if (ms < HOUR) return unit(ms / MINUTE, 'min');
  if (ms < DAY) return pair(ms, { ms: HOUR, name: 'h' }, { ms: MINUTE, name: 'min' });
  if (ms < 100 * DAY) return pair(ms, { ms: DAY, name: 'd' }, { ms: HOUR, name: 'h' });
  return unit(ms / DAY, 'd');
}

interface Unit {
  readonly ms: number;
  readonly name: string;
}

function pair(ms: number, large: Unit, small: Unit): string {
  const whole = Math.floor(ms / large.ms);
  const rest = Math.floor((ms - whole * large.ms) / small.ms);
  return rest === 0 ? unit(whole, large.name) : `${unit(whole, large.name)} ${unit(rest, small.name)}`;
}

function unit(value: number, name: string): string {
  return `${Math.floor(value)}${THIN_SPACE}${name}`;
}
