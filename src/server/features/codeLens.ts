import type { CodeLens } from 'vscode-languageserver';
import type { Engine } from '../../core/engine/engine';
import type { TrackedRun } from '../../core/engine/trackedRun';
import { formatInterval } from '../../core/report/interval';
import { formatLoss, formatPercent } from '../../core/report/numbers';
import { runOfDocument } from '../hints/runOfDocument';
import type { SourceDocument } from '../hints/sourceDocument';
import { rangeOf } from './ranges';

/** Hyperparameters that stand together: fewer are no configuration. */
const LEAST = 3;

/** One line over the configuration of a file: its run, how far it is and how it will end; a click opens the panel. */
export function codeLensOf(document: SourceDocument, engine: Engine): CodeLens[] {
  const found = document.hints?.hyperparameters ?? [];
  const code = found.length < LEAST ? undefined : runOfDocument(document, engine);
  if (code === undefined) return [];
  const { run } = code;
  const command = { title: lensText(run), command: 'lossline.run.open', arguments: [run.id] };
  return [{ range: rangeOf(document, found[0]!.setting.span), command }];
}

function lensText(run: TrackedRun): string {
  const { forecast } = run.forecast;
  const loss = run
    .spans(run.forecastSeries() ?? 'train_loss')
    .at(-1)
    ?.values.at(-1);
  const total = run.plan().plan.totalSteps?.value;
  const step = run.lastStep();
  const parts = [
    `Lossline: ${run.name}`,
    total === undefined || step === null ? undefined : formatPercent(Math.min(1, step / total)),
    loss === undefined ? undefined : `loss ${formatLoss(loss)}`,
    forecast?.finalLoss
      ? `forecast ${formatInterval({ value: forecast.finalLoss.value, interval: forecast.finalLoss.interval80 })}`
      : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}
