import { messageOf } from '../../src/core/errors';
import type { RunId } from '../../src/core/model';
import type { PanelChannel } from '../../src/protocol/channel';
import type { ComparePanelContract } from '../../src/protocol/compare';
import type { VsCodeApi } from '../shared/channel';
import { h, setAttr, setHidden, setText } from '../shared/dom';
import { onThemeChange, readTheme } from '../shared/theme';
import { debounced, perFrame, throttled } from '../shared/timing';
import { type Blank, BlankView } from './blankView';
import { ChartBar } from './chartBar';
import { chartHeight, chartOf, scatterChoices } from './charts';
import { ChartView, chartLabel } from './chartView';
import { type Colouring, colouringOf } from './colouring';
import { paletteOf, Slots } from './colours';
import { ColumnPicker } from './columnPicker';
import { DiffView } from './diffView';
import type { Brush } from './dimension';
import { tableCsv, tableMarkdown } from './exportTable';
import { GridView } from './gridView';
import { HeadView } from './headView';
import { Session } from './session';
import { Splitter } from './splitter';
import { readState, runsOf, type UiState } from './state';
import { TableBar } from './tableBar';
import { colourChoices, columnById, groupChoices, type TableModel, tableModel } from './tableModel';
import { texts } from './texts';

const PERSIST_MS = 150;
const LOOK_MS = 120;
const DRAWN_MS = 100;
const NOTICE_MS = 6000;
/** Curves that are drawn again with every message; more of them are drawn again after a pause. */
const MANY_CURVES = 60;
const CHART_MS = 1000;

/** Pixels below which the page counts as narrow. */
const NARROW = 560;

/** The compare panel: keeps what is on the page equal to the session and to how the user looks at the runs. */
export class ComparePanel {
  readonly #session: Session;
  readonly #head = new HeadView();
  readonly #bar: ChartBar;
  readonly #chart: ChartView;
  readonly #diff = new DiffView();
  readonly #view = h('div', { class: 'view', id: 'view', attrs: { role: 'tabpanel' } });
  readonly #splitter: Splitter;
  readonly #tableBar: TableBar;
  readonly #grid: GridView;
  readonly #picker: ColumnPicker;
  readonly #blank = new BlankView(() => this.#session.open(runsOf(this.#ui.subject)));
  readonly #none = h('p', { class: 'hint none', hidden: true, text: texts.filter.none });
  readonly #content: HTMLElement;
  readonly #slots = new Slots();
  readonly #render = perFrame(() => this.#draw());
  readonly #renderChart = perFrame(() => this.#drawChart());
  readonly #renderChartLater = throttled(this.#renderChart, CHART_MS);
  readonly #persist = debounced(() => this.api.setState(this.#ui), PERSIST_MS);
  readonly #look = throttled(() => this.#tellLook(), LOOK_MS);
  readonly #drawn = throttled(() => this.#tellDrawn(), DRAWN_MS);
  #colouring: Colouring = { lookOf: () => null, samples: [], isRamp: false };
  #ui: UiState;
  #theme = readTheme();
  #model: TableModel;
  #chartWaits = false;
  #toldFacts = '';
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly root: HTMLElement,
    readonly channel: PanelChannel<ComparePanelContract>,
    readonly api: VsCodeApi,
  ) {
    this.#ui = readState(api.getState());
    this.#session = new Session(channel, () => this.#news());
    this.#model = tableModel(this.#session, this.#ui);
    this.#bar = new ChartBar({
      change: (part) => this.#change(part),
      savePng: () => this.#save('png', this.#chart.png(), true),
      saveSvg: () => this.#save('svg', this.#chart.svg(), false),
    });
    this.#chart = new ChartView({
      hover: (run) => this.#grid.mark(run),
      open: (run) => this.#open(run),
      choose: (choice) =>
        choice.kind === 'brush' ? this.#brush(choice.axis, choice.brush) : this.#change({ window: choice.window }),
      resized: this.#renderChart,
    });
    this.#splitter = new Splitter((split) => this.#change({ split }));
    this.#tableBar = new TableBar(this.#tableBarActions());
    this.#grid = new GridView(this.#gridActions());
    this.#picker = new ColumnPicker((columns) => this.#change({ columns }));
    this.#view.append(this.#chart.root, this.#diff.root);
    this.#content = h(
      'div',
      { class: 'content', hidden: true },
      this.#head.root,
      h('section', { class: 'charts' }, this.#bar.root, this.#view),
      this.#splitter.root,
      h(
        'section',
        { class: 'table' },
        this.#tableBar.root,
        this.#picker.root,
        this.#none,
        this.#grid.root,
        h('p', { class: 'sr-only', id: 'grid-keys', text: texts.table.keys }),
      ),
    );
    setAttr(this.#grid.root, 'aria-describedby', 'grid-keys');
    root.append(this.#content, this.#blank.root);
  }

  start(): void {
    onThemeChange(() => {
      this.#theme = readTheme();
      this.#render();
    });
    this.#showBlank('loading');
    this.#session.open(runsOf(this.#ui.subject));
  }

  #gridActions(): GridView['actions'] {
    return {
      sort: (column) => this.#sort(column),
      tick: (run) => this.#tick(run),
      open: (run) => this.#open(run),
      pin: (run) => this.#pin(run),
      hide: (runs) => this.#hide(this.#ui.selected.includes(runs[0] ?? '') ? this.#ui.selected : runs),
      select: (runs, mode) => this.#select(runs, mode),
      toggleGroup: (key) => this.#change({ closed: toggled(this.#ui.closed, key) }),
      hover: (run) => this.#chart.mark(run),
      scrolled: this.#look,
    };
  }

  #tableBarActions(): ConstructorParameters<typeof TableBar>[0] {
    const selected = (): RunId[] => this.#model.selected.map(({ id }) => id);
    return {
      filter: (filter) => this.#change({ filter }),
      group: (group) => this.#change({ group, closed: [] }),
      series: (series) => this.#change({ series }),
      clearBrushes: () => this.#change({ brushes: {} }),
      showHidden: () => this.#change({ hidden: [], revealed: this.#session.hidden }),
      draw: (what) => this.#drawRuns(what),
      openSelected: () => {
        for (const run of selected()) this.#open(run);
      },
      pinSelected: () => this.#pin(selected()[0]!),
      hideSelected: () => this.#hide(selected()),
      diffSelected: () => this.#change({ view: 'configs' }),
      saveCsv: () => this.#save('csv', tableCsv(this.#model.shown, this.#model.columns, this.#model.context), false),
      copyMarkdown: () => this.#copyMarkdown(),
      columns: () => this.#picker.toggle(this.#tableBar.columns, this.#model),
    };
  }

  #change(part: Partial<UiState>): void {
    this.#chartWaits = false;
    this.#ui = { ...this.#ui, ...part };
    this.#persist();
    this.#render();
  }

  #sort(column: string): void {
    const { sorting } = this.#ui;
    const starts = columnById(column)?.greatestFirst === true;
    const descending = sorting.column === column ? !sorting.descending : starts;
    this.#change({ sorting: { column, descending } });
  }

  #tick(run: RunId): void {
    this.#change({ ticked: toggled(this.#ui.ticked ?? this.#model.drawn, run) });
  }

  #drawRuns(what: 'first' | 'all' | 'none' | 'selected'): void {
    const ids = (what === 'selected' ? this.#model.selected : this.#model.shown).map(({ id }) => id);
    this.#change({ ticked: what === 'first' ? null : what === 'none' ? [] : ids });
  }

  #pin(run: RunId): void {
    this.#change({ pinned: this.#ui.pinned === run ? null : run });
  }

  #hide(runs: readonly RunId[]): void {
    this.#change({ hidden: [...new Set([...this.#ui.hidden, ...runs])], selected: [] });
  }

  #select(runs: readonly RunId[], mode: 'only' | 'toggle' | 'all'): void {
    const { selected } = this.#ui;
    if (mode === 'all') this.#change({ selected: this.#model.shown.map(({ id }) => id) });
    else this.#change({ selected: mode === 'only' ? runs : runs.reduce(toggled, selected) });
  }

  #brush(axis: string, brush: Brush | null): void {
    const { [axis]: _, ...others } = this.#ui.brushes;
    this.#change({ brushes: brush === null ? others : { ...others, [axis]: brush } });
  }

  /** Something was told: the table follows at once, a chart of very many curves once in a while. */
  #news(): void {
    this.#chartWaits = this.#model.drawn.length > MANY_CURVES && this.#session.status === 'open';
    this.#render();
    if (this.#chartWaits) this.#renderChartLater();
  }

  #draw(): void {
    const { status, rows, runs } = this.#session;
    const subject = runs === null ? null : JSON.stringify(runs);
    if (status === 'open' && subject !== this.#ui.subject) {
      this.#ui = { ...this.#ui, subject };
      this.#persist();
    }
    setAttr(this.root, 'data-state', status === 'open' ? (rows.size === 0 ? 'empty' : 'ready') : status);
    if (status !== 'open' || rows.size === 0) {
      this.#showBlank(status === 'open' ? 'empty' : status);
      return;
    }
    setHidden(this.#blank.root, true);
    setHidden(this.#content, false);
    const model = tableModel(this.#session, this.#ui, this.root.clientWidth < NARROW);
    this.#model = model;
    this.#slots.assign(model.drawn);
    this.#colouring = colouringOf(model, this.#ui.colour, this.#slots, this.#theme);
    this.#head.draw(this.#session, model);
    this.#splitter.draw(this.#ui.split);
    this.#tableBar.draw(this.#ui, model, {
      groups: groupChoices(model, this.#ui.group),
      series: this.#session.standings.choices,
    });
    setHidden(this.#none, model.shown.length > 0);
    setText(this.#none, model.entries.length === 0 ? texts.counts.allHidden : texts.filter.none);
    this.#drawGrid(model);
    if (!this.#chartWaits) this.#drawChart();
    this.#chartWaits = false;
    this.#look();
    this.#drawn();
  }

  #drawGrid(model: TableModel): void {
    const selected = new Set(this.#ui.selected);
    this.#grid.draw({
      lines: model.lines,
      columns: model.columns,
      sorting: this.#ui.sorting,
      context: {
        ...model.context,
        scale: model.scale,
        hopeless: this.#session.standings.hopeless,
        nameOf: this.#nameOf,
      },
      lookOf: this.#colouring.lookOf,
      isSelected: (run) => selected.has(run),
      pinned: this.#ui.pinned,
    });
  }

  #drawChart(): void {
    const { view } = this.#ui;
    const bar = (note: string): void => {
      const model = this.#model;
      this.#bar.draw(this.#ui, {
        scatter: view === 'scatter' ? scatterChoices(model) : [],
        colours: colourChoices(model, this.#ui.colour),
        colouring: this.#colouring,
        note,
      });
    };
    setAttr(this.#view, 'aria-labelledby', `tab-${view}`);
    setHidden(this.#chart.root, view === 'configs');
    setHidden(this.#diff.root, view !== 'configs');
    if (view === 'configs') {
      this.#diff.draw(this.#model.selected);
      bar('');
      return;
    }
    const { width, height } = this.#chart.room;
    if (width === 0 || height === 0) return;
    const wanted = chartHeight(this.#ui, this.#model, { width, height });
    this.#chart.setHeight(wanted);
    const canvas = {
      width: this.#chart.room.width,
      height: wanted,
      theme: this.#theme,
      palette: paletteOf(this.#theme),
      lookOf: (run: RunId) => this.#colouring.lookOf(run) ?? { colour: this.#theme.muted, dash: [] },
      lineWidth: this.#model.drawn.length > MANY_CURVES ? 1 : 1.5,
    };
    const drawing = chartOf(this.#ui, this.#model, canvas);
    bar(drawing.note);
    this.#chart.draw(drawing, this.#theme, {
      label: chartLabel(texts.views[view], drawing.runs.length),
      nameOf: this.#nameOf,
    });
    setAttr(this.root, 'data-curves', `${drawing.runs.length}`);
  }

  readonly #nameOf = (run: RunId): string => this.#session.rows.get(run)?.name ?? run;

  #showBlank(what: Blank): void {
    setHidden(this.#content, true);
    this.#blank.show(what, this.#session.message);
  }

  /** Rows in view first, then the curves that are drawn. */
  #tellLook(): void {
    const { pinned, smoothing, view, axis, window, series } = this.#ui;
    const charted = view === 'curves' || view === 'multiples' ? this.#model.drawn : [];
    const runs = [...new Set([...this.#grid.visible(), ...charted])];
    // Only steps mean the same in all runs: on other axes a part is shown as it was thinned for the whole.
    const isStep = axis === 'step' && (view === 'curves' || view === 'multiples');
    const shown = new Set(this.#model.entries.map(({ id }) => id));
    const hidden = [...this.#session.rows.keys()].filter((run) => !shown.has(run));
    this.#session.look({ runs, pinned, smoothing, window: isStep ? window : null, series, hidden });
  }

  #tellDrawn(): void {
    const { entries, drawn } = this.#model;
    const curves = entries.filter(({ id, curve }) => curve !== null && drawn.includes(id)).length;
    const facts = { runs: entries.length, ranked: entries.filter(({ standing }) => standing !== null).length, curves };
    setAttr(this.root, 'data-runs', `${facts.runs}`);
    setAttr(this.root, 'data-ranked', `${facts.ranked}`);
    const told = JSON.stringify(facts);
    if (told === this.#toldFacts) return;
    this.#toldFacts = told;
    this.channel.call('host/drawn', facts).catch(() => undefined);
  }

  #open(run: RunId): void {
    this.channel.call('host/openRun', { run }).catch(this.#fail);
  }

  #copyMarkdown(): void {
    const text = tableMarkdown(this.#model.shown, this.#model.columns, this.#model.context);
    this.channel.call('host/copy', { text }).then(() => this.#tell(texts.table.copied), this.#fail);
  }

  #save(kind: 'csv' | 'png' | 'svg', content: string, base64: boolean): void {
    const name = `compare.${kind}`;
    this.channel
      .call('host/save', { name, content, base64 })
      .then(({ saved }) => saved && this.#tell(texts.table.saved(name)), this.#fail);
  }

  readonly #fail = (error: unknown): void => this.#tell(messageOf(error));

  #tell(text: string): void {
    this.#head.tell(text);
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = setTimeout(() => this.#head.tell(''), NOTICE_MS);
  }
}

function toggled<T>(list: readonly T[], item: T): T[] {
  return list.includes(item) ? list.filter((each) => each !== item) : [...list, item];
}
