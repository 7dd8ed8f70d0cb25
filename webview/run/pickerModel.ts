import type { RunListing, SeriesListing } from '../../src/protocol/series';
import { formatLoss, formatLr, formatStep } from '../shared/numbers';
import { texts } from '../shared/texts';
import { formatStrip } from './strips';

/** One line of a picker. */
export interface PickRow {
  readonly key: string;
  readonly title: string;
  /** What it is, in small print. */
  readonly sub: string;
  readonly value: string;
  readonly spark: readonly number[];
  /** Rows of one group stand under its heading. */
  readonly group: string;
  /** Set apart: the row that most people look for. */
  readonly badge: string;
}

/** Series that are drawn without being picked. */
const ALWAYS = /^(train_loss|val_loss|learning_rate)$/;
/** Counters and clocks are axes, not curves. */
const AXES = /^(tokens|samples|epoch|wall_time|step)$/;

/** The series that can be picked, by kind. */
export function seriesRows(listed: readonly SeriesListing[]): PickRow[] {
  const rows = listed
    .filter(({ name }) => !ALWAYS.test(name))
    .map(({ name, label, unit, points, last, spark }): PickRow => {
      const number = name.startsWith('learning_rate') ? formatLr(last) : last === null ? '' : formatStrip(last);
      const value = unit === '' || number === '' ? number : `${number} ${unit}`;
      const sub = label === name ? texts.picker.points(formatStep(points)) : `${name} · ${formatStep(points)}`;
      return { key: name, title: label, sub, value, spark, group: groupOf(name), badge: '' };
    });
  const order: readonly string[] = Object.values(texts.picker.groups);
  return rows.sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
}

function groupOf(name: string): string {
  const { groups } = texts.picker;
  if (/loss/.test(name)) return groups.losses;
  if (AXES.test(name)) return groups.counters;
  return /norm|grad|scale/.test(name) ? groups.gradients : groups.others;
}

/** The other runs, those beside this one first; `best` is marked. */
export function runRows(listed: readonly RunListing[], best: string | null): PickRow[] {
  const rows = listed.map(
    ({ run, name, source, state, beside, step, loss, spark }): PickRow => ({
      key: run,
      title: name,
      sub: [texts.states[state].label, texts.warnings.at(formatStep(step)), beside ? '' : source]
        .filter((part) => part !== '')
        .join(' · '),
      value: formatLoss(loss),
      spark,
      group: beside ? texts.picker.beside : texts.picker.elsewhere,
      badge: run === best ? texts.picker.best : '',
    }),
  );
  return [...rows.filter(({ badge }) => badge !== ''), ...rows.filter(({ badge }) => badge === '')];
}

/** The rows in which every word of the search occurs. */
export function matching(rows: readonly PickRow[], search: string): PickRow[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return rows.filter(({ title, sub, key, badge }) => {
    const text = `${title} ${sub} ${key} ${badge}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
