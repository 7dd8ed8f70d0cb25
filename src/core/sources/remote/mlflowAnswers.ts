import type { ConfigValue } from '../../model';
import { asArray, asNumber, asObject, asText, type JsonObject } from './jsonAnswer';
import type { TimedPoint } from './tensorboardAnswers';

/** One run as the server describes it. */
export interface MlflowRun {
  readonly id: string;
  readonly name: string;
  readonly experiment: string;
  /** `RUNNING`, `FINISHED`, `FAILED`, `KILLED`, `SCHEDULED`. */
  readonly status: string;
  readonly params: readonly (readonly [key: string, value: ConfigValue])[];
  /** The newest point of each metric, as a text that changes with it. */
  readonly latest: ReadonlyMap<string, string>;
}

/** One page of a list; `next` is `null` on the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Runs of `runs/search`. Throws `remote.protocol`. Source: MLflow REST API, Search Runs. */
export function parseRuns(answer: unknown): Page<MlflowRun> {
  const body = asObject(answer, 'the list of runs');
  return { items: asArray(body.runs, 'the list of runs').map(runOf), next: asText(body.next_page_token) || null };
}

/** The run of `runs/get`. Throws `remote.protocol`. Source: MLflow REST API, Get Run. */
export function parseRun(answer: unknown): MlflowRun {
  return runOf(asObject(answer, 'the run').run);
}

/** Ids of `experiments/search`. Throws `remote.protocol`. Source: MLflow REST API, Search Experiments. */
export function parseExperiments(answer: unknown): Page<string> {
  const body = asObject(answer, 'the list of experiments');
  const items = asArray(body.experiments, 'the list of experiments').map((entry) =>
    asText(asObject(entry, 'an experiment').experiment_id),
  );
  return { items: items.filter((id) => id !== ''), next: asText(body.next_page_token) || null };
}

/** Points of `metrics/get-history`. Throws `remote.protocol`. Source: MLflow REST API, Get Metric History. */
export function parseHistory(answer: unknown): Page<TimedPoint> {
  const body = asObject(answer, 'the history of a metric');
  const items = asArray(body.metrics, 'the history of a metric').flatMap((entry) => {
    const point = asObject(entry, 'a point');
    const value = asNumber(point.value);
    return value === undefined
      ? []
      : [{ value, step: asNumber(point.step) ?? 0, timeMs: asNumber(point.timestamp) ?? 0 }];
  });
  return { items, next: asText(body.next_page_token) || null };
}

function runOf(value: unknown): MlflowRun {
  const run = asObject(value, 'a run');
  const info = asObject(run.info, 'a run');
  const data: JsonObject = run.data === undefined ? {} : asObject(run.data, 'a run');
  const entries = (list: unknown): JsonObject[] => asArray(list, 'a run').map((entry) => asObject(entry, 'a run'));
  const id = asText(info.run_id) || asText(info.run_uuid);
  const tagged = entries(data.tags).find(({ key }) => key === 'mlflow.runName');
  return {
    id,
    name: asText(info.run_name) || asText(tagged?.value) || id,
    experiment: asText(info.experiment_id),
    status: asText(info.status),
    params: entries(data.params).map(({ key, value: text }) => [asText(key), plainValue(asText(text))] as const),
    latest: new Map(
      entries(data.metrics).map(({ key, value: last, step, timestamp }) => [
        asText(key),
        `${last} ${step} ${timestamp}`,
      ]),
    ),
  };
}

/** Hyperparameters are texts on the server: numbers, booleans and `None` are told from the rest. */
function plainValue(text: string): ConfigValue {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (/^(none|null)$/i.test(text)) return null;
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) ? number : text;
}
