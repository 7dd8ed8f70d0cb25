import { canonicalSeries } from '../keys';

/** Folders that writers keep the values of a data set in, under the tags of the training. */
const EVALUATED = /^(validation|valid|val|test|eval|dev)(?:_.*)?$/i;

/**
 * The name of the series that an event file in `folder` (a path) has under `tag`. A folder called `validation` makes `epoch_loss` a
 * validation loss (Keras, tf.estimator); one called `loss_val` holds the curve `val` of the chart `loss` (add_scalars of PyTorch).
 */
export function seriesInFolder(folder: string, tag: string): string {
  const data = EVALUATED.exec(lastName(folder))?.[1];
  if (data !== undefined) return canonicalSeries(`${data}/${tag}`).name;
  const curve = scalarsFolder(folder, tag);
  return canonicalSeries(curve === undefined ? tag : `${tag}/${curve}`).name;
}

/** The curve of the chart `tag` that a folder of `add_scalars` holds: `train` for `loss_train`. `undefined` for other folders. */
export function scalarsFolder(folder: string, tag: string): string | undefined {
  const chart = `${tag.replaceAll('/', '_').replaceAll(' ', '_')}_`;
  const name = lastName(folder);
  return name.startsWith(chart) && name.length > chart.length ? name.slice(chart.length) : undefined;
}

function lastName(folder: string): string {
  return folder.split(/[/\\]/).at(-1) ?? '';
}
