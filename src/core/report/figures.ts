import type { Forecast, ForecastCurve } from '../forecast/forecast';
import type { ReportSubject } from './document';
import { formatInterval } from './interval';
import { formatLoss, formatStep } from './numbers';
import type { RunReport } from './runReport';
import { bandPath, drawing, linePath } from './svg';

/** A drawing with what it shows in words. */
export interface Figure {
  readonly svg: string;
  readonly caption: string;
}

/** The drawings of a report: the curve, the residuals, the back-test; those without anything to draw are left out. */
export function reportFigures({ forecast, report }: ReportSubject): Figure[] {
  const { curve } = forecast;
  if (curve === null || curve.steps.length < 2) return [];
  return [curveFigure(forecast, curve, report), residualFigure(report), backTestFigure(report)].filter(
    (figure) => figure !== undefined,
  );
}

/** The bins are what the law was fitted to: its value and what was left over. */
function curveFigure({ finalLoss, seen }: Forecast, curve: ForecastCurve, { residuals }: RunReport): Figure {
  const { steps, values, low80, high80, low95, high95 } = curve;
  const bins = residuals.steps.map((step, i) => valueAt(curve, step) + residuals.values[i]!);
  const shown = [...bins, ...low95, ...values].filter(Number.isFinite);
  const end = finalLoss === null ? '' : `; at step ${formatStep(steps.at(-1))} it is ${said(finalLoss)}`;
  const frame = {
    x: [steps[0]!, steps.at(-1)!] as const,
    y: padded(Math.min(...shown), Math.max(...shown)),
    height: 300,
    xTitle: 'step',
    yTitle: 'loss',
    label: `The loss to step ${formatStep(seen.step)} and the law through it${end}.`,
  };
  const svg = drawing(frame, (scales) => [
    `<path class="band95" d="${bandPath(scales, steps, { low: low95, high: high95 })}"/>`,
    `<path class="band80" d="${bandPath(scales, steps, { low: low80, high: high80 })}"/>`,
    ...residuals.steps.map((step, i) => `<circle cx="${scales.x(step)}" cy="${scales.y(bins[i]!)}" r="2"/>`),
    `<path class="law" d="${linePath(scales, steps, values)}"/>`,
    `<path class="now" d="M${scales.x(seen.step)} 10V${300 - 34}"/>`,
  ]);
  return {
    svg,
    caption: 'Loss in bins, the law, and its 80 % and 95 % bands to the planned end. Dashed: the last step seen.',
  };
}

function residualFigure({ residuals, residualSd }: RunReport): Figure | undefined {
  const { steps, values } = residuals;
  if (steps.length < 2) return undefined;
  const size = Math.max(...values.map(Math.abs), residualSd) || 1;
  const frame = {
    x: [steps[0]!, steps.at(-1)!] as const,
    y: padded(-size, size),
    height: 180,
    xTitle: 'step',
    yTitle: 'residual, nats',
    label: `What the law leaves of each bin; their spread is ${formatLoss(residualSd)} nats.`,
  };
  const [low, high] = [-residualSd, residualSd].map((value) => steps.map(() => value));
  const svg = drawing(frame, (scales) => [
    `<path class="band80" d="${bandPath(scales, steps, { low: low!, high: high! })}"/>`,
    ...steps.map((step, i) => `<circle cx="${scales.x(step)}" cy="${scales.y(values[i]!)}" r="2"/>`),
  ]);
  return { svg, caption: 'Residuals of the bins over their spread. A pattern in them is what the law does not know.' };
}

function backTestFigure({ backTest }: RunReport): Figure | undefined {
  const told = backTest.filter(({ said: estimate }) => estimate !== null);
  const measured = backTest[0]?.measured;
  if (told.length < 2 || measured === undefined) return undefined;
  const ends = told.flatMap(({ said: estimate }) => [...estimate!.interval80, estimate!.value]);
  const frame = {
    x: [0, Math.max(...backTest.map(({ step }) => step)) * 1.1] as const,
    y: padded(Math.min(measured, ...ends), Math.max(measured, ...ends)),
    height: 200,
    xTitle: 'steps seen',
    yTitle: 'newest tenth',
    label: `What was said of the newest tenth, earlier in the run; measured: ${formatLoss(measured)}.`,
  };
  const svg = drawing(frame, (scales) => [
    `<path class="now" d="M${scales.x(frame.x[0])} ${scales.y(measured)}H${scales.x(frame.x[1])}"/>`,
    ...told.map(({ step, said: estimate }) => {
      const { value, interval80 } = estimate!;
      const bar = `<path class="bar" d="M${scales.x(step)} ${scales.y(interval80[0])}V${scales.y(interval80[1])}"/>`;
      return `${bar}<circle class="told" cx="${scales.x(step)}" cy="${scales.y(value)}" r="3"/>`;
    }),
  ]);
  return {
    svg,
    caption: 'Back-test: what the forecast would have said of the newest tenth, with 80 % intervals. Dashed: measured.',
  };
}

/** The law at a step, linear between the nodes of its curve. */
function valueAt({ steps, values }: ForecastCurve, step: number): number {
  const after = steps.findIndex((node) => node >= step);
  if (after <= 0) return values[after === 0 ? 0 : values.length - 1]!;
  const share = (step - steps[after - 1]!) / (steps[after]! - steps[after - 1]! || 1);
  return values[after - 1]! + share * (values[after]! - values[after - 1]!);
}

function padded(low: number, high: number): readonly [number, number] {
  const room = 0.05 * (high - low) || 0.1;
  return [low - room, high + room];
}

function said({ value, interval80 }: NonNullable<Forecast['finalLoss']>): string {
  return formatInterval({ value, interval: interval80 });
}
