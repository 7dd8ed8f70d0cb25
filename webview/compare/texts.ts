import { plural } from '../shared/l10n';
import { texts as shared } from '../shared/texts';

/** What the states of a run are called. */
export const stateTexts = shared.states;

interface ColumnText {
  readonly label: string;
  readonly title: string;
}

/** Heads of the columns, by their ids. */
export const columnTexts: Readonly<Record<string, ColumnText>> = {
  name: { label: 'Run', title: 'Name of the run' },
  state: { label: 'State', title: 'Live, stalled, finished or diverged' },
  progress: { label: 'Progress', title: 'Share of the planned steps that is done' },
  curve: { label: 'Loss curve', title: 'Loss so far, each run on its own scale' },
  loss: { label: 'Loss', title: 'Newest loss' },
  validation: { label: 'Best val.', title: 'Lowest validation loss so far' },
  final: {
    label: 'Final loss',
    title:
      'Loss at the last planned step with its 80 % interval: forecast, or measured when the run is over. All bars are on one scale.',
  },
  change: { label: 'To pin', title: 'Final loss less that of the pinned run' },
  rank: { label: 'Rank', title: '1 is the lowest expected final loss' },
  best: {
    label: 'P(best)',
    title: 'Chance to end lowest of all ranked runs, with the errors of the forecasts taken as independent',
  },
  beats: {
    label: 'P(beats)',
    title:
      'Chance to end below the best finished run; below the best other forecast when none is finished; below the pinned run when one is pinned',
  },
  finish: { label: 'Finish?', title: 'Whether the run still has a chance that is worth its cost' },
  warnings: { label: 'Warnings', title: 'Warnings and errors that are not muted' },
  left: { label: 'Time left', title: 'Until the last planned step at the present speed' },
  step: { label: 'Step', title: 'Newest logged step' },
  source: { label: 'Source', title: 'Workspace folder or added source' },
};

/** Names of facts of the plan, as columns and filters call them. */
export const planTexts: Readonly<Record<string, string>> = {
  'plan.peakLr': 'peak lr (plan)',
  'plan.family': 'schedule (plan)',
  'plan.warmupSteps': 'warm-up (plan)',
  'plan.totalSteps': 'steps (plan)',
};

/** What the page says beside its table. */
export const texts = {
  title: (count: string) => `Compare ${count} runs`,
  titleOne: 'Compare runs',
  counts: {
    shown: (shown: string, all: string) => `${shown} of ${all} runs`,
    forecasts: 'Forecasts made',
    selected: (count: string) => `${count} selected`,
    hidden: (count: string) => `${count} hidden`,
    showHidden: 'Show the runs that are hidden here or in the Runs view',
    allHidden: 'All runs are hidden.',
    progress: (done: string, all: string) => `forecasts of ${done} of ${all} runs`,
    unranked: (count: string, series: string) => `${count} not ranked: their ends are not in ${series}`,
  },
  filter: {
    label: 'Filter runs',
    placeholder: 'Filter: name, state:live, lr>1e-3, final<3.2',
    title:
      'Words match names. key:text, key=value, key!=value, key<value and key>value match columns and hyperparameters; - in front takes the opposite.',
    unknown: (key: string) => `There is no column “${key}”.`,
    noNumber: (text: string) => `“${text}” is no number.`,
    none: 'No run matches the filter.',
    clear: 'Clear filter',
  },
  group: {
    label: 'Group by',
    none: 'No grouping',
    by: (label: string) => `By ${label}`,
    unset: 'not set',
    toggle: (name: string) => `Show or hide the runs of ${name}`,
  },
  series: {
    label: 'Series whose ends are compared and ranked',
    own: 'Rank by forecast loss',
    by: (name: string) => `Rank by ${name}`,
  },
  colour: {
    label: 'What the colours stand for',
    run: 'Color by run',
    by: (label: string) => `Color by ${label}`,
  },
  columns: {
    label: 'Columns',
    runs: 'Of the run',
    config: 'Hyperparameters',
    same: 'Same in all runs',
    reset: 'Default columns',
    search: 'Find a column',
  },
  views: {
    label: 'Charts',
    curves: 'Curves',
    multiples: 'Small multiples',
    parallel: 'Parallel',
    scatter: 'Scatter',
    configs: 'Configs',
  },
  axis: {
    label: 'X-axis',
    step: 'Step',
    tokens: 'Tokens',
    fraction: 'Share of plan',
    noTokens: 'No run logs its tokens.',
    loss: 'loss',
    final: 'final loss',
  },
  chart: {
    logX: 'Log x',
    logXTitle: 'Logarithmic x-axis',
    logY: 'Log y',
    logYTitle: 'Logarithmic loss',
    whole: 'All values',
    wholeTitle: 'Show every value, the steep start and spikes too',
    wholeAxis: 'Show the whole x-axis again',
    bands: 'Forecasts',
    bandsTitle: 'Forecasts of the drawn runs, with 80 % bands for up to six',
    smoothing: 'Smoothing',
    unsmoothed: shared.toolbar.off,
    none: 'No run is ticked. Tick runs in the table to draw them.',
    noneLeft: (reason: string) => `Nothing to draw: ${reason}`,
    noNumbers: 'no hyperparameter differs and is a number',
    noFinals: 'no final loss is known yet',
    leftOut: (count: string, why: string) => `${count} left out: ${why}`,
    noAxis: 'the x-axis is unknown for them',
    incomplete: 'a value or the final loss is not known',
    clearBrushes: 'Clear selection on the axes',
    x: 'Hyperparameter',
    description: (what: string, runs: string) => `${what} of ${runs}. The table holds the same values.`,
    png: 'PNG',
    pngTitle: 'Save the chart as a picture',
    svg: 'SVG',
    svgTitle: 'Save the chart as a drawing',
    split: 'Height of the charts',
    measured: 'measured',
    forecast: 'forecast',
  },
  table: {
    label: 'Runs',
    tick: (name: string) => `Draw ${name}`,
    tickAll: 'Draw the first twelve rows, all shown rows, or none',
    pinned: 'pinned',
    csv: 'CSV',
    csvTitle: 'Save the table, as filtered and sorted',
    markdown: 'Markdown',
    markdownTitle: 'Copy the table as Markdown',
    copied: 'Copied as Markdown.',
    saved: (name: string) => `Saved ${name}.`,
    tickHead: 'Drawn',
    waiting: 'waiting',
    fitting: 'fitting …',
    failed: 'fit failed',
    refused: 'none',
    measured: 'measured',
    noName: '(no name)',
    notWorth: 'no',
    worth: 'yes',
    over: 'over',
    final: (value: string, range: string) => `${value}, 80 % interval ${range}`,
    keys: 'Arrows move, up to the heads of the columns, where Enter sorts. Space draws, Enter opens, P pins, H hides, Shift and arrows select, Ctrl+A selects all.',
  },
  finish: {
    none: 'Its end is not known yet.',
    over: 'This run is over.',
    no: (chance: string, rival: string, limit: string) =>
      `Chance of ${chance} to end below ${rival}, the best finished or expected: less than ${limit}. What is left of its budget is better spent elsewhere.`,
    yes: (chance: string, rival: string, limit: string) =>
      `Chance of ${chance} to end below ${rival}; ${limit} or more is worth finishing.`,
    alone: 'Nothing to weigh it against.',
    leader: 'No other run is expected to end lower.',
  },
  actions: {
    open: 'Open',
    openTitle: 'Open the run in a panel of its own (Enter)',
    pin: 'Pin',
    unpin: 'Unpin',
    pinTitle: 'Hold all other runs against this one (P)',
    hide: 'Hide',
    hideTitle: 'Leave the selected runs out of this comparison (H)',
    diff: 'Configs',
    diffTitle: 'How the hyperparameters of the selected runs differ',
    drawOnly: 'Draw only these',
    drawWhich: 'Draw …',
    drawFirst: 'Draw first 12',
    drawAll: 'Draw all',
    drawNone: 'Draw none',
  },
  diff: {
    none: 'Select two or more runs in the table to see how their hyperparameters differ.',
    same: (count: string) => `Show the ${count} that are the same`,
    noConfig: 'These runs have no hyperparameters in their logs.',
    allSame: 'These runs have the same hyperparameters.',
    key: 'Hyperparameter',
    showSame: 'Show equal ones',
    capped: (count: string) => `The first ${count} selected runs are shown.`,
  },
  blank: {
    loading: 'Reading the runs …',
    empty: 'No runs yet',
    emptyHint: 'Runs of this workspace appear here by themselves; others are added with “Lossline: Add Run…”.',
    oneHint: 'A comparison begins with a second run.',
    error: 'The comparison could not be made',
    retry: 'Try again',
  },
  groupSummary: (count: number) => plural(count, '{0} run', '{0} runs'),
  groupMeanTitle: (count: number) =>
    plural(
      count,
      'Mean final loss of {0} run ± standard deviation among them',
      'Mean final loss of {0} runs ± standard deviation among them',
    ),
  groupMean: (mean: string) => `mean ${mean}`,
  groupBest: (best: string) => `best ${best}`,
} as const;
