/** A metric that DVCLive keeps in a file of its own. */
export interface DvcliveMetric {
  /** Folder of the run. */
  readonly run: string;
  /** Name of the metric; folders in it are joined with `/`. */
  readonly key: string;
}

const METRIC_FILE = /^((?:.*[/\\])?[^/\\]+)[/\\]plots[/\\]metrics[/\\](?!system[/\\])(.+)\.tsv$/;

/**
 * What `path` is in a folder of DVCLive: `<run>/plots/metrics/<key>.tsv`; `undefined` for other files and for metrics of
 * the machine. Source: treeverse/dvclive, src/dvclive/plots/metric.py.
 */
export function dvcliveMetric(path: string): DvcliveMetric | undefined {
  const match = METRIC_FILE.exec(path);
  return match === null ? undefined : { run: match[1]!, key: match[2]!.replaceAll('\\', '/') };
}
