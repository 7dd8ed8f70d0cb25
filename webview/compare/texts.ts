import { plural, t } from '../shared/l10n';
import { texts as shared } from '../shared/texts';

/** What the states of a run are called. */
export const stateTexts = shared.states;

interface ColumnText {
  readonly label: string;
  readonly title: string;
}

/** Heads of the columns, by their ids. */
export const columnTexts: Readonly<Record<string, ColumnText>> = {
  name: { label: t('Run'), title: t('Name of the run') },
  state: { label: t('State'), title: t('Live, stalled, finished or diverged') },
  progress: { label: t('Progress'), title: t('Share of the planned steps that is done') },
  curve: { label: t('Loss curve'), title: t('Loss so far, each run on its own scale') },
  loss: { label: t('Loss'), title: t('Newest loss') },
  validation: { label: t('Best val.'), title: t('Lowest validation loss so far') },
  final: {
    label: t('Final loss'),
    title: t(
      'Loss at the last planned step with its 80 % interval: forecast, or measured when the run is over. All bars are on one scale.',
    ),
  },
  change: { label: t('To pin'), title: t('Final loss less that of the pinned run') },
  rank: { label: t('Rank'), title: t('1 is the lowest expected final loss') },
  best: {
    label: t('P(best)'),
    title: t('Chance to end lowest of all ranked runs, with the errors of the forecasts taken as independent'),
  },
  beats: {
    label: t('P(beats)'),
    title: t(
      'Chance to end below the best finished run; below the best other forecast when none is finished; below the pinned run when one is pinned',
    ),
  },
  finish: { label: t('Finish?'), title: t('Whether the run still has a chance that is worth its cost') },
  warnings: { label: t('Warnings'), title: t('Warnings and errors that are not muted') },
  left: { label: t('Time left'), title: t('Until the last planned step at the present speed') },
  step: { label: t('Step'), title: t('Newest logged step') },
  source: { label: t('Source'), title: t('Workspace folder or added source') },
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
  title: (count: string) => t('Compare {0} runs', count),
  titleOne: t('Compare runs'),
  counts: {
    shown: (shown: string, all: string) => t('{0} of {1} runs', shown, all),
    forecasts: t('Forecasts made'),
    selected: (count: string) => t('{0} selected', count),
    hidden: (count: string) => t('{0} hidden', count),
    showHidden: t('Show the runs that are hidden here or in the Runs view'),
    allHidden: t('All runs are hidden.'),
    progress: (done: string, all: string) => t('forecasts of {0} of {1} runs', done, all),
    unranked: (count: string, series: string) => t('{0} not ranked: their ends are not in {1}', count, series),
  },
  filter: {
    label: t('Filter runs'),
    placeholder: t('Filter: name, state:live, lr>1e-3, final<3.2'),
    title: t(
      'Words match names. key:text, key=value, key!=value, key<value and key>value match columns and hyperparameters; - in front takes the opposite.',
    ),
    unknown: (key: string) => t('There is no column “{0}”.', key),
    noNumber: (text: string) => t('“{0}” is no number.', text),
    none: t('No run matches the filter.'),
    clear: t('Clear filter'),
  },
  group: {
    label: t('Group by'),
    none: t('No grouping'),
    by: (label: string) => t('By {0}', label),
    unset: t('not set'),
    toggle: (name: string) => t('Show or hide the runs of {0}', name),
  },
  series: {
    label: t('Series whose ends are compared and ranked'),
    own: t('Rank by forecast'),
    by: (name: string) => t('Rank by {0}', name),
  },
  colour: {
    label: t('What the colours stand for'),
    run: t('Color by run'),
    by: (label: string) => t('Color by {0}', label),
  },
  columns: {
    label: t('Columns'),
    runs: t('Of the run'),
    config: t('Hyperparameters'),
    same: t('Same in all runs'),
    reset: t('Default columns'),
    search: t('Find a column'),
  },
  views: {
    label: t('Charts'),
    curves: t('Curves'),
    multiples: t('Small multiples'),
    parallel: t('Parallel'),
    scatter: t('Scatter'),
    configs: t('Configs'),
  },
  axis: {
    label: t('X-axis'),
    step: t('Step'),
    tokens: t('Tokens'),
    fraction: t('Share of plan'),
    noTokens: t('No run logs its tokens.'),
    loss: t('loss'),
    final: t('final loss'),
  },
  chart: {
    logX: t('Log x'),
    logXTitle: t('Logarithmic x-axis'),
    logY: t('Log y'),
    logYTitle: t('Logarithmic loss'),
    whole: t('All values'),
    wholeTitle: t('Show every value, the steep start and spikes too'),
    wholeAxis: t('Show the whole x-axis again'),
    bands: t('Forecasts'),
    bandsTitle: t('Forecasts of the drawn runs, with 80 % bands for up to six'),
    smoothing: t('Smoothing'),
    unsmoothed: shared.toolbar.off,
    none: t('No run is ticked. Tick runs in the table to draw them.'),
    noneLeft: (reason: string) => t('Nothing to draw: {0}', reason),
    noNumbers: t('no hyperparameter differs and is a number'),
    noFinals: t('no final loss is known yet'),
    leftOut: (count: string, why: string) => t('{0} left out: {1}', count, why),
    noAxis: t('the x-axis is unknown for them'),
    incomplete: t('a value or the final loss is not known'),
    clearBrushes: t('Clear selection on the axes'),
    x: t('Hyperparameter'),
    description: (what: string, runs: string) => t('{0} of {1}. The table holds the same values.', what, runs),
    png: 'PNG',
    pngTitle: t('Save the chart as a picture'),
    svg: 'SVG',
    svgTitle: t('Save the chart as a drawing'),
    split: t('Height of the charts'),
    measured: t('measured'),
    forecast: t('forecast'),
  },
  table: {
    label: t('Runs'),
    tick: (name: string) => t('Draw {0}', name),
    tickAll: t('Draw the first twelve rows, all shown rows, or none'),
    pinned: t('pinned'),
    csv: 'CSV',
    csvTitle: t('Save the table, as filtered and sorted'),
    markdown: 'Markdown',
    markdownTitle: t('Copy the table as Markdown'),
    copied: t('Copied as Markdown.'),
    saved: (name: string) => t('Saved {0}.', name),
    tickHead: t('Drawn'),
    waiting: t('waiting'),
    fitting: t('fitting …'),
    failed: t('fit failed'),
    refused: t('none'),
    measured: t('measured'),
    noName: t('(no name)'),
    notWorth: t('no'),
    worth: t('yes'),
    over: t('over'),
    final: (value: string, range: string) => t('{0}, 80 % interval {1}', value, range),
    keys: t(
      'Arrows move, up to the heads of the columns, where Enter sorts. Space draws, Enter opens, P pins, H hides, Shift and arrows select, Ctrl+A selects all.',
    ),
  },
  finish: {
    none: t('Its end is not known yet.'),
    over: t('This run is over.'),
    no: (chance: string, rival: string, limit: string) =>
      t(
        'Chance of {0} to end below {1}, the best finished or expected: less than {2}. What is left of its budget is better spent elsewhere.',
        chance,
        rival,
        limit,
      ),
    yes: (chance: string, rival: string, limit: string) =>
      t('Chance of {0} to end below {1}; {2} or more is worth finishing.', chance, rival, limit),
    alone: t('Nothing to weigh it against.'),
    leader: t('No other run is expected to end lower.'),
  },
  actions: {
    open: t('Open'),
    openTitle: t('Open the run in a panel of its own (Enter)'),
    pin: t('Pin'),
    unpin: t('Unpin'),
    pinTitle: t('Hold all other runs against this one (P)'),
    hide: t('Hide'),
    hideTitle: t('Leave the selected runs out of this comparison (H)'),
    diff: t('Configs'),
    diffTitle: t('How the hyperparameters of the selected runs differ'),
    drawOnly: t('Draw only these'),
    drawWhich: t('Draw …'),
    drawFirst: t('Draw first 12'),
    drawAll: t('Draw all'),
    drawNone: t('Draw none'),
  },
  diff: {
    none: t('Select two or more runs in the table to see how their hyperparameters differ.'),
    same: (count: string) => t('Show the {0} that are the same', count),
    noConfig: t('These runs have no hyperparameters in their logs.'),
    allSame: t('These runs have the same hyperparameters.'),
    key: t('Hyperparameter'),
    showSame: t('Show equal ones'),
    capped: (count: string) => t('The first {0} selected runs are shown.', count),
  },
  blank: {
    loading: t('Reading the runs …'),
    empty: t('No runs yet'),
    emptyHint: t('Runs of this workspace appear here by themselves; others are added with “Lossline: Add Run…”.'),
    oneHint: t('A comparison begins with a second run.'),
    error: t('The comparison could not be made'),
    retry: t('Try again'),
  },
  groupSummary: (count: number) => plural(count, '{0} run', '{0} runs'),
  groupMeanTitle: (count: number) =>
    plural(
      count,
      'Mean final loss of {0} run ± standard deviation among them',
      'Mean final loss of {0} runs ± standard deviation among them',
    ),
  groupMean: (mean: string) => t('mean {0}', mean),
  groupBest: (best: string) => t('best {0}', best),
} as const;
