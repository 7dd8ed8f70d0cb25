import type { SeriesName } from '../model';
import type { Detector, Finding, Reading, Surroundings } from './detector';
import { NO_FACTS, type RunFacts } from './facts';
import { DETECTORS } from './registry';
import { newTrack, observe, relevel, type Track } from './track';
import type { Warning } from './warning';

/** Warnings kept of one run; a run that raises more has been looked at by nobody for long. */
export const MAX_WARNINGS = 500;
/** Series of one run that are watched. */
const MAX_WATCHED = 256;
/** Series whose newest values others may ask for. */
const REFERRED = /^(train_loss|val_loss|learning_rate|epoch|tokens)$/;

/** The newest two values of a series: points of one step may arrive in any order. */
interface Newest {
  step: number;
  value: number;
  level: number;
  previousStep: number;
  previousValue: number;
  previousLevel: number;
}

/** Everything a monitor knows, as JSON: finite numbers only. */
export interface MonitorState {
  readonly raised: readonly (Warning & { readonly superseded: boolean })[];
  readonly series: readonly SeriesState[];
  readonly joint: Readonly<Record<string, object>>;
}

interface SeriesState {
  readonly name: SeriesName;
  readonly count: number;
  readonly lastStep: number | null;
  readonly linear: Track | null;
  readonly log: Track | null;
  readonly newest: Newest | null;
  readonly states: Readonly<Record<string, object>>;
}

/** A series as it is watched: its baselines and the states of the detectors that listen to it. */
interface Watched {
  readonly name: SeriesName;
  count: number;
  lastStep: number | null;
  readonly linear: Track | null;
  readonly log: Track | null;
  newest: Newest | null;
  readonly listeners: { readonly detector: Detector; readonly state: object }[];
}

/**
 * Runs all detectors over the points of one run, in constant work per point. The warnings are a function of the facts and
 * of the points in their order, however they are cut into batches; the state can be taken as JSON after any point.
 */
export class Monitor implements Surroundings {
  readonly #raised: (Warning & { superseded: boolean })[] = [];
  readonly #series = new Map<SeriesName, Watched | null>();
  readonly #joint = new Map<string, object>();
  #watchedCount = 0;
  /** Detector and series of the point at hand: what a finding belongs to. */
  #detector: Detector | undefined;
  readonly #reading: Reading = { series: '', step: 0, value: 0, count: 0, level: 0, sigma: 0, z: 0 };
  /** Counts changes of the warnings. */
  revision = 0;

  constructor(
    readonly facts: RunFacts = NO_FACTS,
    readonly detectors: readonly Detector[] = DETECTORS,
  ) {}

  /** Warnings in order of their steps, without those of steps that a restart took back. */
  get warnings(): Warning[] {
    return this.#raised
      .filter(({ superseded }) => !superseded)
      .map(({ superseded: _, ...warning }) => warning)
      .sort((a, b) => a.step - b.step);
  }

  /** True when some detector listens to the series. */
  watches(name: SeriesName): boolean {
    return this.#watch(name) !== null;
  }

  /** Takes one point, non-finite values included. Points of one series come in the order of the log. */
  point(name: SeriesName, step: number, value: number): void {
    const watched = this.#watch(name);
    if (watched === null) return;
    // A line that is drawn again carries the same step: its first value counts.
    if (step === watched.lastStep) return;
    if (watched.lastStep !== null && step < watched.lastStep) this.#restart(watched, step);
    watched.lastStep = step;
    const finite = Number.isFinite(value);
    if (finite) take(watched, value);
    for (const { detector, state } of watched.listeners) {
      this.#detector = detector;
      detector.point(state, this.#read(watched, detector, step, value), this);
    }
    if (finite) {
      watched.count++;
      if (watched.newest !== null) renew(watched.newest, step, value, watched.linear?.level ?? value);
    }
  }

  before(series: SeriesName, step: number): number {
    const newest = this.#series.get(series)?.newest;
    if (!newest) return Number.NaN;
    if (newest.step < step) return newest.value;
    return newest.previousStep < step ? newest.previousValue : Number.NaN;
  }

  levelBefore(series: SeriesName, step: number): number {
    const newest = this.#series.get(series)?.newest;
    if (!newest) return Number.NaN;
    if (newest.step < step) return newest.level;
    return newest.previousStep < step ? newest.previousLevel : Number.NaN;
  }

  raise(finding: Finding): number {
    if (this.#raised.length >= MAX_WARNINGS) return this.#raised.length;
    this.#raised.push(this.#warningOf(finding));
    this.revision++;
    return this.#raised.length - 1;
  }

  change(handle: number, finding: Finding): void {
    if (handle >= this.#raised.length) return;
    const { superseded } = this.#raised[handle]!;
    this.#raised[handle] = { ...this.#warningOf(finding), superseded };
    this.revision++;
  }

  /** The whole state; `JSON.stringify` keeps it. */
  toJSON(): MonitorState {
    const series = [...this.#series.values()].filter((each) => each !== null);
    return {
      raised: this.#raised,
      series: series.map(({ listeners, ...rest }) => ({
        ...rest,
        states: Object.fromEntries(
          listeners.filter(({ detector }) => !detector.joint).map(({ detector, state }) => [detector.id, state]),
        ),
      })),
      joint: Object.fromEntries(this.#joint),
    };
  }

  /** A monitor that goes on from a state that was written as JSON. */
  static restore(json: string, facts: RunFacts = NO_FACTS, detectors: readonly Detector[] = DETECTORS): Monitor {
    const state = JSON.parse(json) as MonitorState;
    const monitor = new Monitor(facts, detectors);
    monitor.#raised.push(...state.raised);
    for (const [id, joint] of Object.entries(state.joint)) monitor.#joint.set(id, joint);
    for (const { states, ...rest } of state.series) {
      const listeners = monitor.#listenersOf(rest.name, states);
      monitor.#series.set(rest.name, { ...rest, listeners });
      monitor.#watchedCount++;
    }
    return monitor;
  }

  #isAbout({ id, series }: Warning, name: SeriesName): boolean {
    return (
      series === name || (series === null && this.detectors.some((each) => each.id === id && each.listens.test(name)))
    );
  }

  #warningOf({
    severity,
    step,
    until = null,
    text,
    numbers,
    steps = [step],
  }: Finding): Warning & { superseded: boolean } {
    const series = this.#detector!.joint ? null : this.#reading.series;
    return {
      id: this.#detector!.id,
      severity,
      step,
      until,
      series,
      evidence: { text, numbers, steps },
      superseded: false,
    };
  }

  #read(watched: Watched, { baseline }: Detector, step: number, value: number): Reading {
    const reading = this.#reading;
    const track = baseline === undefined ? null : watched[baseline];
    const usable = track !== null && Number.isFinite(value);
    reading.series = watched.name;
    reading.step = step;
    reading.value = value;
    reading.count = watched.count;
    reading.level = usable ? track.level : value;
    reading.sigma = usable ? track.sigma : 0;
    reading.z = usable ? track.z : 0;
    return reading;
  }

  #watch(name: SeriesName): Watched | null {
    const known = this.#series.get(name);
    if (known !== undefined) return known;
    const listening = this.detectors.filter(({ listens }) => listens.test(name));
    if (this.#watchedCount >= MAX_WATCHED || (listening.length === 0 && !REFERRED.test(name))) {
      if (this.#series.size < 4 * MAX_WATCHED) this.#series.set(name, null);
      return null;
    }
    this.#watchedCount++;
    const watched: Watched = {
      name,
      count: 0,
      lastStep: null,
      linear: listening.some(({ baseline }) => baseline === 'linear') ? newTrack() : null,
      log: listening.some(({ baseline }) => baseline === 'log') ? newTrack() : null,
      newest: REFERRED.test(name) ? unseen() : null,
      listeners: this.#listenersOf(name, {}),
    };
    this.#series.set(name, watched);
    return watched;
  }

  #listenersOf(name: SeriesName, states: Readonly<Record<string, object>>): Watched['listeners'] {
    const listening = this.detectors.filter(({ listens }) => listens.test(name));
    return listening.map((detector) => {
      if (!detector.joint) return { detector, state: states[detector.id] ?? detector.start() };
      const state = this.#joint.get(detector.id) ?? detector.start();
      this.#joint.set(detector.id, state);
      return { detector, state };
    });
  }

  /** What was trained again replaces what was rolled back, the warnings of it too. */
  #restart(watched: Watched, step: number): void {
    for (const warning of this.#raised) {
      if (warning.step < step || warning.superseded || !this.#isAbout(warning, watched.name)) continue;
      warning.superseded = true;
      this.revision++;
    }
    for (const track of [watched.linear, watched.log]) if (track !== null) relevel(track, track.level);
    if (watched.newest !== null) watched.newest = unseen();
    for (const { detector, state } of watched.listeners) {
      this.#detector = detector;
      detector.restarted?.(state, step);
    }
  }
}

function take(watched: Watched, value: number): void {
  if (watched.linear !== null) observe(watched.linear, value);
  if (watched.log !== null && value > 0) observe(watched.log, Math.log(value));
}

/** Steps of the newest values before there is one: none is below them. */
function unseen(): Newest {
  const never = Number.MAX_VALUE;
  return { step: never, value: 0, level: 0, previousStep: never, previousValue: 0, previousLevel: 0 };
}

function renew(newest: Newest, step: number, value: number, level: number): void {
  newest.previousStep = newest.step;
  newest.previousValue = newest.value;
  newest.previousLevel = newest.level;
  newest.step = step;
  newest.value = value;
  newest.level = level;
}
