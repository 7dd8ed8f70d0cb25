import { formatDuration } from '../../src/core/report/time';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Seconds on an axis whose ticks are `step` seconds apart: `90 s`, `25 min`, `3:30 h`, `2 d`. */
export function formatTime(seconds: number, step: number): string {
  if (seconds === 0) return '0';
  if (step >= DAY || step % DAY === 0) return `${Number((seconds / DAY).toPrecision(6))} d`;
  if (step >= HOUR) return `${Number((seconds / HOUR).toPrecision(6))} h`;
  if (step >= MINUTE && seconds >= HOUR) {
    const hours = Math.floor(seconds / HOUR);
    const minutes = String(Math.round((seconds - hours * HOUR) / MINUTE)).padStart(2, '0');
    return `${hours}:${minutes} h`;
  }
  return formatDuration(1000 * seconds);
}
