import type { Engine } from '../../core/engine/engine';
import { runAxes } from '../../core/engine/runAxes';
import type { TrackedRun } from '../../core/engine/trackedRun';
import type { PanelView } from '../../protocol/panel';
import type { OverlaySnapshot } from '../../protocol/series';
import { SeriesStream } from './seriesStream';

/** Least milliseconds between two looks at other runs that grow: they are for comparison, not to be watched. */
const PAUSE = 1000;
/** An overlay is one thin line: it needs fewer points than the run itself. */
const SHARE = 0.5;

interface Overlay {
  readonly run: TrackedRun;
  readonly stream: SeriesStream;
  dirty: boolean;
}

/** The losses of other runs that are drawn beside that of a panel's own. */
export class Overlays {
  #overlays: Overlay[] = [];
  #told = 0;

  constructor(readonly engine: Engine) {}

  get runs(): TrackedRun[] {
    return this.#overlays.map(({ run }) => run);
  }

  /** Looks at the runs of a view; those that are not there are left out. */
  open(view: PanelView): OverlaySnapshot[] {
    const share = { ...view, maxPoints: SHARE * view.maxPoints };
    this.#overlays = view.overlays.flatMap((id) => {
      const run = this.engine.run(id);
      const series = run?.forecastSeries();
      if (run === undefined || series === undefined) return [];
      return [{ run, stream: new SeriesStream(run, series, share), dirty: false }];
    });
    return this.#overlays.map(snapshot);
  }

  note(run: TrackedRun): void {
    for (const overlay of this.#overlays) if (overlay.run === run) overlay.dirty = true;
  }

  /** What has changed since it was last told, at most once a second. */
  changes(): OverlaySnapshot[] {
    const now = this.engine.host.clock.now();
    const changed = this.#overlays.filter(({ dirty }) => dirty);
    if (changed.length === 0 || now - this.#told < PAUSE) return [];
    this.#told = now;
    return changed.map((overlay) => {
      overlay.dirty = false;
      return snapshot(overlay);
    });
  }
}

function snapshot({ run, stream }: Overlay): OverlaySnapshot {
  const { raw, smooth, total } = stream.snapshot();
  return { run: run.id, name: run.name, series: stream.name, total, points: smooth ?? raw, axes: runAxes(run) };
}
