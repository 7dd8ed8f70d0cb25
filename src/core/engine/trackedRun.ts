import type { ConfigValue, Issue, PlanFacts, RunId, SeriesName, StatusEvent, StepUnit } from '../model';
import type { FileLog, StatedFacts } from '../series/fileLog';
import { countPoints, resolveSpans, type Series, type Span, supersededSpans } from '../series/series';
import type { Followed } from '../sources/followed';
import { type RunForecast, UNFITTED } from './forecastState';
import { Pace } from './pace';
import { planKey, planOfRun, type RunPlan } from './runPlan';

/** One run: its files, and what is derived from them. Everything derived is computed on demand from the logs. */
export class TrackedRun {
  readonly files: Followed[] = [];
  /** Counts all changes. */
  revision = 0;
  /** Counts the changes that are more than new points at the end of a series. */
  structure = 0;
  userFacts: PlanFacts | null = null;
  readonly pace = new Pace();
  forecast: RunForecast = UNFITTED;
  #plan: { key: string; plan: RunPlan } | undefined;

  constructor(
    readonly id: RunId,
    readonly name: string,
    /** Folder or source under which the run was found. */
    readonly source: string,
  ) {}

  /** Says that the files brought something; `restructured` when it is more than points at the end. */
  touch(restructured: boolean): void {
    this.revision++;
    if (restructured) this.structure++;
  }

  /** All logs of all files, oldest first. */
  get logs(): FileLog[] {
    return this.files.flatMap((file) => file.logs);
  }

  get stepUnit(): StepUnit {
    return this.logs.find((log) => log.points > 0)?.unit ?? 'step';
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
    return [
      ...new Set(this.logs.flatMap((log) => log.allSeries.filter((s) => s.length > 0).map((series) => series.name))),
    ];
  }

  /** The series called `name` in each log that has it. */
  parts(name: SeriesName): Series[] {
    return this.logs.flatMap((log) => log.find(name) ?? []);
  }

  /** The valid points of a series: restarts resolved. Empty for an unknown name. */
  spans(name: SeriesName): Span[] {
    return resolveSpans(this.parts(name));
  }

  ghosts(name: SeriesName): Span[] {
    return supersededSpans(this.parts(name));
  }

  /** Name of the series that a forecast is made for: the training loss, else the validation loss, else any loss. */
  lossSeries(): SeriesName | undefined {
    const names = this.seriesNames();
    return (
      names.find((name) => name === 'train_loss') ??
      names.find((name) => name === 'val_loss') ??
      names.find((name) => /(^|[^a-z])loss($|[^a-z])/.test(name))
    );
  }

  /** Last step of any loss, `null` before the first. */
  lastStep(): number | null {
    let last = Number.NEGATIVE_INFINITY;
    for (const name of ['train_loss', 'val_loss', this.lossSeries() ?? 'train_loss']) {
      const span = this.spans(name).at(-1);
      if (span !== undefined) last = Math.max(last, span.steps.at(-1)!);
    }
    return Number.isFinite(last) ? last : null;
  }

  /** Steps at which training was taken up again from an earlier point. */
  restarts(): number[] {
    const name = this.lossSeries();
    if (name === undefined) return [];
    return this.spans(name)
      .slice(1)
      .map((span) => span.steps[0]!);
  }

  /** Hyperparameters as logged; later files win. */
  config(): Map<string, ConfigValue> {
    return new Map(this.logs.flatMap((log) => [...log.configEntries]));
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

  /** The plan, completed from everything known; made anew when enough of it is new. */
  plan(): RunPlan {
    const key = planKey(this);
    return this.#plan?.key === key ? this.#plan.plan : this.freshPlan();
  }

  /** The plan from everything known up to the last line: what a forecast is made with. */
  freshPlan(): RunPlan {
    const plan = planOfRun(this);
    this.#plan = { key: planKey(this), plan };
    return plan;
  }

  setUserFacts(facts: PlanFacts | null): void {
    this.userFacts = facts;
    this.touch(true);
  }

  /** Number of valid points of a series. */
  countOf(name: SeriesName): number {
    return countPoints(this.spans(name));
  }
}
