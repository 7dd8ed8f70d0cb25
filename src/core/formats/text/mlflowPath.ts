/** A file of an MLflow run. */
export interface MlflowPart {
  /** Folder of the run. */
  readonly run: string;
  readonly kind: 'meta' | 'metric' | 'param';
  /** Key of the metric or parameter; folders in it are joined with `/`. */
  readonly key: string;
}

/** Run ids are UUIDs without dashes. System metrics do not belong to the course of a training. */
const RUN_FILE = /^((?:.*[/\\])?[0-9a-f]{32})[/\\](?:(meta\.yaml)|(metrics|params)[/\\](?!system[/\\])(.+?))$/;
/** Parameters that describe the plan: a run may keep hundreds, each in a file of its own. */
const TELLING =
  /step|iter|lr|rate|warm|schedul|decay|epoch|batch|optim|seed|beta|token|length|model|layer|hidden|accumul|precision|dtype/i;

/**
 * What `path` is in a file store of MLflow: `<run>/meta.yaml`, `<run>/metrics/<key>`, `<run>/params/<key>`; `undefined`
 * for other files. Source: mlflow/mlflow, mlflow/store/tracking/file_store.py.
 */
export function mlflowPart(path: string): MlflowPart | undefined {
  const match = RUN_FILE.exec(path);
  if (match === null) return undefined;
  const run = match[1]!;
  if (match[2] !== undefined) return { run, kind: 'meta', key: '' };
  const key = match[4]!.replaceAll('\\', '/');
  if (match[3] === 'metrics') return { run, kind: 'metric', key };
  return TELLING.test(key) ? { run, kind: 'param', key } : undefined;
}
