import { formatStep } from '../shared/numbers';
import { texts } from '../shared/texts';
import type { RunData } from './runData';

/** Something that happened at a step. */
export interface Marker {
  readonly step: number;
  readonly kind: 'error' | 'warning' | 'info' | 'restart' | 'checkpoint';
  readonly title: string;
  readonly text: string;
  /** Key of the warning whose card says more; `null` for other markers. */
  readonly warning: string | null;
}

/** Markers that fall into one place, the worst first. */
export interface MarkerGroup {
  readonly pixel: number;
  /** Checkpoints stand at the lower edge, everything else at the upper one. */
  readonly edge: 'upper' | 'lower';
  readonly markers: readonly Marker[];
}

const ORDER: readonly Marker['kind'][] = ['error', 'warning', 'info', 'restart', 'checkpoint'];

/** Everything that is marked on the plot, ascending. */
export function markersOf({ run }: RunData): Marker[] {
  if (run === null) return [];
  const heard = run.warnings.filter(({ muted }) => !muted);
  return [
    ...heard.map(
      ({ step, severity, title, evidence, muteKey }): Marker => ({
        step,
        kind: severity,
        title,
        text: evidence.text,
        warning: muteKey,
      }),
    ),
    ...run.restarts.map((step): Marker => ({ step, kind: 'restart', ...texts.markers.restart, warning: null })),
    ...run.checkpoints.map(({ step, path }): Marker => {
      return { step, kind: 'checkpoint', title: texts.markers.checkpoint, text: path, warning: null };
    }),
  ].sort((a, b) => a.step - b.step);
}

/** Groups of markers that are at least `gap` pixels apart, within [left, right]. */
export function groupMarkers(
  markers: readonly Marker[],
  pixelOf: (step: number) => number,
  { left, right, gap }: { readonly left: number; readonly right: number; readonly gap: number },
): MarkerGroup[] {
  const groups: { pixel: number; edge: MarkerGroup['edge']; markers: Marker[] }[] = [];
  for (const marker of markers) {
    const pixel = pixelOf(marker.step);
    if (pixel < left - 1 || pixel > right + 1) continue;
    const edge = marker.kind === 'checkpoint' ? 'lower' : 'upper';
    const last = groups.findLast((group) => group.edge === edge);
    if (last !== undefined && pixel - last.pixel < gap) last.markers.push(marker);
    else groups.push({ pixel, edge, markers: [marker] });
  }
  const rank = ({ kind }: Marker): number => ORDER.indexOf(kind);
  return groups.map((group) => ({ ...group, markers: group.markers.toSorted((a, b) => rank(a) - rank(b)) }));
}

/** A group in words. */
export function groupLabel({ markers }: MarkerGroup): string {
  const first = markers[0]!;
  const label = `${first.title}, ${texts.warnings.at(formatStep(first.step))}`;
  return markers.length === 1 ? label : `${label}, ${texts.markers.more(markers.length - 1)}`;
}
