import { OVERLAY_ROLES } from '../shared/scene';
import type { UiState } from '../shared/state';
import { texts } from '../shared/texts';
import type { Commands } from './commands';
import { runRows, seriesRows } from './pickerModel';
import { PickerView } from './pickerView';
import type { RunData } from './runData';

/** A picker, and the part of the panel's state that it picks. */
export interface Picker {
  readonly root: HTMLElement;
  readonly picked: 'series' | 'overlays';
  readonly update: (picked: readonly string[]) => void;
}

/** Strips below the loss: more would leave the page without a view of the whole. */
const MOST_SERIES = 8;

/** The pickers of further series and of other runs. */
export function makePickers(
  commands: Commands,
  data: () => RunData,
  onPick: (change: Partial<Pick<UiState, 'series' | 'overlays'>>) => void,
): Picker[] {
  const run = (): string => data().run?.summary.id ?? '';
  const series = new PickerView({
    id: 'pick-series',
    label: texts.picker.series,
    search: texts.picker.searchSeries,
    empty: texts.picker.noSeries,
    most: MOST_SERIES,
    load: async () => seriesRows(await commands.listSeries(run())),
    onPick: (picked) => onPick({ series: picked }),
  });
  const runs = new PickerView({
    id: 'pick-runs',
    label: texts.picker.runs,
    search: texts.picker.searchRuns,
    empty: texts.picker.noRuns,
    most: OVERLAY_ROLES.length,
    load: async () => runRows(await commands.listRuns(run()), data().run?.best?.run ?? null),
    onPick: (picked) => onPick({ overlays: picked }),
  });
  return [
    { root: series.root, picked: 'series', update: (picked) => series.update(picked) },
    { root: runs.root, picked: 'overlays', update: (picked) => runs.update(picked) },
  ];
}
