import type { TrackedRun } from '../../core/engine/trackedRun';
import { decimate } from '../../core/series/decimate';
import { countPoints, type Series, type Span } from '../../core/series/series';
import { Smoother } from '../../core/series/smooth';
import type { PanelView } from '../../protocol/panel';
import type { NonFinitePoint, Points, SeriesAppend, SeriesSnapshot } from '../../protocol/series';

/** Non-finite points of one series that are listed; more are as good as many. */
const MAX_NON_FINITE = 500;
/** Points at once above which a snapshot is cheaper than an append. */
const MAX_APPEND = 2000;
/** A short series is drawn as it is. */
const MIN_SMOOTHED = 20;

interface Smoothed {
  /** What it was made from. */
  readonly key: string;
  /** Of each span. */
  readonly values: readonly Float64Array[];
  /** The average after the last point. */
  readonly end: Smoother;
}

/**
 * One series of one panel: a snapshot first, then only what is new. Smoothing goes over all points before thinning, so
 * that the smoothed line does not depend on the width of the panel.
 */
export class SeriesStream {
  #revision = 0;
  #structure = -1;
  #part: Series | undefined;
  #rows = 0;
  #segments = 0;
  #smoother: Smoother | undefined;
  #smoothed: Smoothed | undefined;

  /** `view` may be replaced: the next snapshot is for the new one. */
  constructor(
    readonly run: TrackedRun,
    readonly name: string,
    public view: PanelView,
  ) {}

  snapshot(): SeriesSnapshot {
    const { run, name, view } = this;
    const spans = run.spans(name);
    const parts = run.parts(name);
    const newest = parts.at(-1);
    const total = countPoints(spans);
    this.#remember(newest);
    const smooths = view.smoothing > 0 && total >= MIN_SMOOTHED && isSmoothed(name);
    const smooth = smooths ? this.#smooth(spans) : null;
    if (!smooths) this.#smoother = undefined;
    return {
      name,
      label: newest?.label ?? name,
      unit: newest?.unit ?? '',
      revision: ++this.#revision,
      total,
      raw: decimate(spans, view.maxPoints, view.window),
      smooth: smooth === null ? null : decimate(smooth, view.maxPoints, view.window),
      ghosts: run.ghosts(name).map((span) => decimate([span], Math.ceil(view.maxPoints / 4), view.window)),
      nonFinite: parts.some(({ nonFinite }) => nonFinite > 0) ? nonFiniteOf(spans) : [],
    };
  }

  /** What is new since the last message: nothing, an append, or a whole snapshot when points were replaced. */
  update(): SeriesAppend | SeriesSnapshot | undefined {
    const newest = this.run.parts(this.name).at(-1);
    if (newest === undefined && this.#part === undefined) return undefined;
    const restructured =
      newest !== this.#part ||
      this.run.structure !== this.#structure ||
      newest === undefined ||
      newest.segmentStarts.length !== this.#segments ||
      newest.length < this.#rows ||
      newest.length - this.#rows > MAX_APPEND;
    if (restructured) return this.snapshot();
    if (newest.length === this.#rows) return undefined;
    const span: Span = { steps: newest.steps.view(this.#rows), values: newest.values.view(this.#rows) };
    this.#remember(newest);
    const smoother = this.#smoother;
    return {
      name: this.name,
      from: this.#revision,
      to: ++this.#revision,
      total: countPoints(this.run.spans(this.name)),
      raw: finitePoints(span),
      smooth: smoother === undefined ? null : finitePoints(smoothSpans([span], smoother)[0]!),
      nonFinite: nonFiniteOf([span]),
    };
  }

  /** All points smoothed; kept while only the window changes. */
  #smooth(spans: readonly Span[]): readonly Span[] {
    const { smoothing } = this.view;
    const key = `${smoothing} ${this.run.structure} ${this.#rows} ${this.#segments}`;
    if (this.#smoothed?.key !== key) {
      const smoother = new Smoother(smoothing);
      this.#smoothed = { key, values: smoothSpans(spans, smoother).map(({ values }) => values), end: smoother };
    }
    this.#smoother = this.#smoothed.end.copy();
    // Steps are borrowed from the log for the moment only: it may move them when it grows.
    return spans.map(({ steps }, i) => ({ steps, values: this.#smoothed!.values[i]! }));
  }

  #remember(newest: Series | undefined): void {
    this.#part = newest;
    this.#rows = newest?.length ?? 0;
    this.#segments = newest?.segmentStarts.length ?? 0;
    this.#structure = this.run.structure;
  }
}

/** Learning rates and counters are exact, validation losses are means already: smoothing would only bend them. */
function isSmoothed(name: string): boolean {
  return (
    name.startsWith('train_loss') || name.startsWith('grad_norm') || !/loss|learning_rate|tokens|epoch|time/.test(name)
  );
}

function smoothSpans(spans: readonly Span[], smoother: Smoother): Span[] {
  return spans.map(({ steps, values }) => ({ steps, values: smoother.all(values) }));
}

function finitePoints({ steps, values }: Span): Points {
  const points = { steps: [] as number[], values: [] as number[] };
  for (const [row, value] of values.entries()) {
    if (!Number.isFinite(value)) continue;
    points.steps.push(steps[row]!);
    points.values.push(value);
  }
  return points;
}

function nonFiniteOf(spans: readonly Span[]): NonFinitePoint[] {
  const found: NonFinitePoint[] = [];
  for (const { steps, values } of spans) {
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!;
      if (Number.isFinite(value)) continue;
      const kind = Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
      found.push({ step: steps[row]!, kind });
      if (found.length >= MAX_NON_FINITE) return found;
    }
  }
  return found;
}
