import type { ConfigValue, Issue, PlanFacts, RunId, SeriesName, StatusEvent, StepUnit } from '../model';
import type { FileLog, StatedFacts } from '../series/fileLog';
import { countPoints, resolveSpans, type Series, type Span, supersededSpans } from '../series/series';
import type { Followed } from '../sources/followed';
import { muteKey, type Warning } from '../warnings/warning';
import { type RunForecast, UNFITTED } from './forecastState';
import { compareLaunches } from './launchOrder';
import { LossDigest, type LossPoints } from './lossDigest';
import { Pace } from './pace';
import { planKey, planOfRun, type RunPlan, statedPlan } from './runPlan';
import { type RunSettings, settingsOf } from './runSettings';
import { comparable, giverOf, logsOf, partsOf, type RunSource, sourcesOf, unitOf } from './runSources';
import { RunWarnings } from './runWarnings';

/** Losses of reinforcement learning: of the policy, of the critic, penalties. They are not what training makes small. */
export function isPolicyLoss(name: SeriesName): boolean {
  return /(^|[^a-z])(actor|critic|policy|pg|pi|vf?|value|q|entropy|kl|surrogate)_?(function_?)?loss/i.test(name);
}

/** One run: its files, and what is derived from them. Everything derived is computed on demand from the logs. */
export class TrackedRun {
  readonly files: Followed[] = [];
  /** Counts all changes. */
  revision = 0;
  /** Counts the changes that are more than new points at the end of a series. */
  structure = 0;
  userFacts: PlanFacts | null = null;
  /** Folder in which other logs of the run may lie; empty when there is none. */
  folder = '';
  /** True when a program's own layout says that a log is of this run, not only a name beside others. */
  isLaidOut = false;
  /** Configuration files beside the logs, and the training code. */
  readonly configs: Followed[] = [];
  code: { readonly file: Followed; readonly trust: number } | undefined;
  /** Makes the plan elsewhere; absent: it is made when it is asked for. */
  planner: ((run: TrackedRun) => void) | undefined;
  readonly pace = new Pace();
  forecast: RunForecast = UNFITTED;
  /** What the user has silenced: kinds, and single warnings behind the id of their run. Shared by all runs. */
  mutes: ReadonlySet<string> = new Set();
  /** Where the run has left the forecasts of its own past, as far as `Engine.watchLaw` has looked. */
  offCurve: readonly Warning[] = [];
  /** What the spectra of its checkpoints warn of, as far as `SpectraWatch` has measured them. */
  spectral: readonly Warning[] = [];
  givenName: string | null = null;
  #plan: { key: string; revision: number; plan: RunPlan } | undefined;
  readonly #parts = new Map<Followed, string>();
  #sources: readonly RunSource[] | undefined;
  #comparable: readonly RunSource[] | undefined;
  #settings: RunSettings | undefined;
  #givers = new Map<SeriesName, RunSource | undefined>();
  #lossGiver: string | undefined;
  readonly #warnings = new RunWarnings();
  readonly #digests = new Map<SeriesName, LossDigest>();

  constructor(
    readonly id: RunId,
    /** The name it was found under. */
    readonly foundName: string,
    /** Folder or source under which the run was found. */
    readonly source: string,
  ) {}

  /** The user's name for it, else the one it was found under. */
  get name(): string {
    return this.givenName ?? this.foundName;
  }

  /** Adds a file; files with the same `part` are one log, in order of their names. */
  attach(file: Followed, part = file.path): void {
    this.files.push(file);
    this.#parts.set(file, part);
    this.files.sort((a, b) => compareLaunches(a.path, b.path));
    this.touch(true);
  }

  /** What a file was attached as. */
  partOf(file: Followed): string {
    return this.#parts.get(file) ?? file.path;
  }

  detach(file: Followed): void {
    this.files.splice(this.files.indexOf(file), 1);
    this.#parts.delete(file);
    this.touch(true);
  }

  /** Says that the files brought something; `restructured` when it is more than points at the end. */
  touch(restructured: boolean): void {
    this.revision++;
    this.#sources = undefined;
    this.#comparable = undefined;
    this.#settings = undefined;
    this.#givers.clear();
    const loss = this.lossSeries();
    const giver = loss === undefined ? undefined : this.giver(loss)?.part;
    if (restructured || giver !== this.#lossGiver) this.structure++;
    this.#lossGiver = giver;
  }

  /** The logs of the run, the most exact first. */
  get sources(): readonly RunSource[] {
    this.#sources ??= sourcesOf(this.files, (file) => this.partOf(file));
    return this.#sources;
  }

  /** The sources whose series are those of the run. */
  get #leaders(): readonly RunSource[] {
    this.#comparable ??= comparable(this.sources);
    return this.#comparable;
  }

  /** All logs of all files, those of the most exact source last: what they say counts. */
  get logs(): FileLog[] {
    return this.sources.toReversed().flatMap(logsOf);
  }

  get stepUnit(): StepUnit {
    const leader = this.#leaders.find((source) => logsOf(source).some((log) => log.points > 0));
    return leader === undefined ? 'step' : unitOf(leader);
  }

  get changedAt(): number {
    return this.files.reduce((latest, file) => Math.max(latest, file.changedAt), 0);
  }

  /** Points of all series as logged. */
  get points(): number {
    return this.logs.reduce((sum, log) => sum + log.points, 0);
  }

  /** Names of all series with points, in order of their first appearance. */
  seriesNames(): SeriesName[] {
    const logs = this.#leaders.flatMap(logsOf);
    return [...new Set(logs.flatMap((log) => log.allSeries.filter((s) => s.length > 0).map((series) => series.name)))];
  }

  /** The series called `name` in each log of the source that gives it. */
  parts(name: SeriesName): Series[] {
    const giver = this.giver(name);
    return giver === undefined ? [] : partsOf(giver, name);
  }

  /** The source that a series is taken from; `undefined` for an unknown name. */
  giver(name: SeriesName): RunSource | undefined {
    if (!this.#givers.has(name)) this.#givers.set(name, giverOf(this.#leaders, name));
    return this.#givers.get(name);
  }

  /** The valid points of a series: restarts resolved. Empty for an unknown name. */
  spans(name: SeriesName): Span[] {
    return resolveSpans(this.parts(name));
  }

  ghosts(name: SeriesName): Span[] {
    return supersededSpans(this.parts(name));
  }

  /** Name of the loss of the run: the training loss, else the validation loss, else any loss. */
  lossSeries(): SeriesName | undefined {
    const names = this.seriesNames();
    return (
      names.find((name) => name === 'train_loss') ??
      names.find((name) => name === 'val_loss') ??
      names.find((name) => /(^|[^a-z])loss($|[^a-z])/.test(name))
    );
  }

  /** Name of the series that a forecast is made for: the loss, else the reward of a run that logs no loss but that of a policy. */
  forecastSeries(): SeriesName | undefined {
    const loss = this.lossSeries();
    if (loss !== undefined && !isPolicyLoss(loss)) return loss;
    return this.seriesNames().find((name) => name === 'reward') ?? loss;
  }

  /** Last step of any loss, `null` before the first. */
  lastStep(): number | null {
    let last = Number.NEGATIVE_INFINITY;
    for (const name of ['train_loss', 'val_loss', this.forecastSeries() ?? 'train_loss']) {
      const span = this.spans(name).at(-1);
      if (span !== undefined) last = Math.max(last, span.steps.at(-1)!);
    }
    return Number.isFinite(last) ? last : null;
  }

  /** Steps at which training was taken up again from an earlier point. */
  restarts(): number[] {
    const name = this.forecastSeries();
    if (name === undefined) return [];
    return this.spans(name)
      .slice(1)
      .map((span) => span.steps[0]!);
  }

  /** Hyperparameters that the run was started with: the log's word before that of the files beside it. */
  config(): ReadonlyMap<string, ConfigValue> {
    return this.settings.started.values;
  }

  /** Adds a configuration that was written for the run. */
  attachConfig(file: Followed): void {
    this.configs.push(file);
    this.touch(true);
  }

  /** Adds training code that the run was started from with a probability of `trust`. */
  attachCode(file: Followed, trust: number): void {
    this.code = { file, trust };
    this.touch(true);
  }

  /** Every hyperparameter with the place where it was read. */
  get settings(): RunSettings {
    this.#settings ??= settingsOf(this);
    return this.#settings;
  }

  /** Plan facts as logged; later files win. */
  facts(): StatedFacts {
    return Object.assign({}, ...this.logs.map((log) => log.facts));
  }

  statuses(): StatusEvent[] {
    return this.logs.flatMap((log) => log.statuses);
  }

  /** Faults of all files; the count of those that were not kept comes last. */
  issues(): Issue[] {
    const dropped = this.logs.reduce((sum, log) => sum + log.issuesDropped, 0);
    const kept = this.files.flatMap(({ logs, fault }) => [
      ...logs.flatMap((log) => log.issues),
      ...(fault ? [fault] : []),
    ]);
    if (dropped === 0) return kept;
    const more: Issue = { code: 'issues.more', message: `${dropped} further issues.`, file: this.id, offset: null };
    return [...kept, more];
  }

  /**
   * The plan, completed from everything known; made anew when enough of it is new. Where a planner makes it elsewhere, the one
   * from before until then, and at first only what is stated.
   */
  plan(): RunPlan {
    const key = planKey(this);
    if (this.#plan?.key === key) return this.#plan.plan;
    if (this.planner === undefined) return this.freshPlan();
    this.#plan ??= { key: '', revision: -1, plan: statedPlan(this) };
    this.planner(this);
    return this.#plan.plan;
  }

  /** True when the plan is made from everything known up to the last line. */
  get isPlanned(): boolean {
    return this.#plan?.revision === this.revision;
  }

  /** What a plan that is made now will be from. */
  get planVersion(): { readonly key: string; readonly revision: number } {
    return { key: planKey(this), revision: this.revision };
  }

  /** Takes a plan that was made elsewhere from what was known at `version`. */
  takePlan(plan: RunPlan, version: { readonly key: string; readonly revision: number }): void {
    const isCurrent = version.revision === this.revision;
    // Something that a forecast waits for has been found or lost.
    if (this.#plan?.plan.missing.join() !== plan.missing.join()) this.touch(true);
    this.#plan = { ...(isCurrent ? this.planVersion : version), plan };
  }

  /** The plan from everything known up to the last line: what a forecast is made with. */
  freshPlan(): RunPlan {
    if (this.#plan?.revision === this.revision) return this.#plan.plan;
    const plan = planOfRun(this);
    this.#plan = { ...this.planVersion, plan };
    return plan;
  }

  /** Whether the user has silenced a warning of this run. */
  isMuted({ id, step }: Pick<Warning, 'id' | 'step'>): boolean {
    const key = muteKey(id, step);
    return this.mutes.has(muteKey(id)) || this.mutes.has(`${this.id} ${key}`);
  }

  /** What the detectors say of everything logged so far. Costs the points that are new since the last call. */
  warnings(): readonly Warning[] {
    this.#warnings.update(this);
    return this.#warnings.warnings;
  }

  setUserFacts(facts: PlanFacts | null): void {
    this.userFacts = facts;
    this.touch(true);
  }

  /** The points of a loss, ready for a fit. O(new points) for a run that grows. */
  lossPoints(name: SeriesName): LossPoints {
    const digest = this.#digests.get(name) ?? new LossDigest();
    this.#digests.set(name, digest);
    return digest.pointsOf(this.parts(name), this.spans(name), this.structure);
  }

  /** Number of valid points of a series. */
  countOf(name: SeriesName): number {
    return countPoints(this.spans(name));
  }
}
