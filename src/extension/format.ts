import type { RunSummary } from '../protocol/run';

/** Short state of a run for trees and pickers: `12.4k / 25k · 3.214 → 3.021 ± 0.012`. */
export function runDescription(run: RunSummary): string {
  const parts: string[] = [];
  if (run.step !== null) {
    parts.push(run.totalSteps === null ? compact(run.step) : `${compact(run.step)} / ${compact(run.totalSteps)}`);
  }
  if (run.loss !== null) {
    const forecast = run.forecast === null || run.refused !== null ? '' : ` → ${forecastText(run.forecast)}`;
    parts.push(`${run.loss.toFixed(3)}${forecast}`);
  }
  if (run.issues > 0) parts.push(`⚠ ${run.issues}`);
  return parts.join(' · ');
}

/** A forecast with half of its 80 % interval: `3.021 ± 0.012`. */
export function forecastText({ value, interval80 }: NonNullable<RunSummary['forecast']>): string {
  return `${value.toFixed(3)} ± ${((interval80[1] - interval80[0]) / 2).toFixed(3)}`;
}

/** A count in at most four characters and a unit: `950`, `12.4k`, `1.2M`. */
export function compact(count: number): string {
  if (count < 10_000) return String(Math.round(count));
  const [value, unit] = count < 1e6 ? [count / 1e3, 'k'] : count < 1e9 ? [count / 1e6, 'M'] : [count / 1e9, 'B'];
  return `${value < 100 ? Number(value.toFixed(1)) : Math.round(value)}${unit}`;
}
