import { messageOf } from '../../src/core/errors';
import type { PanelChannel } from '../../src/protocol/channel';
import type { ReportView as ReportPart, RunPanelContract } from '../../src/protocol/panel';
import type { VsCodeApi } from '../shared/channel';
import { h, setAttr, setText } from '../shared/dom';
import { readUiState, type UiState } from '../shared/state';
import { texts } from '../shared/texts';
import { onThemeChange, readTheme } from '../shared/theme';
import { debounced, perFrame, throttled } from '../shared/timing';
import { BlankView } from './blankView';
import { Commands, type Shown } from './commands';
import { FormView } from './formView';
import type { HeaderModel } from './headerModel';
import { HeaderView } from './headerView';
import { HoverCard } from './hoverCard';
import { connectPlot } from './interaction';
import { LegendView } from './legendView';
import { groupMarkers, markersOf } from './markersModel';
import { MarkersView } from './markersView';
import { Navigation, type Scenery } from './navigation';
import {
  forecastTitle,
  headerOf,
  newestLoss,
  overlayAxes,
  panelFacts,
  panelView,
  type RootFacts,
  rootFacts,
  summaryText,
  visibleRange,
  zoomText,
} from './panelModel';
import { makePickers, type Picker } from './pickers';
import { PlanView, type SetPlan } from './planView';
import { lossScene, rolesOf } from './plotModel';
import { PlotView } from './plotView';
import { type Readout, readout } from './readoutModel';
import { IssuesView, ReportView } from './reportView';
import { Session } from './session';
import { axisChoices, STEPS, type StepAxis, stepAxis } from './stepAxis';
import { stripsOf } from './strips';
import { valueTable } from './tableModel';
import { type ExportKind, type ToolbarActions, ToolbarView } from './toolbarView';
import { ValuesView } from './valuesView';
import { WarningsView } from './warningsView';
import { type WhatIfActions, WhatIfView } from './whatIfView';
import type { Range } from './zoom';

const REOPEN_MS = 150;
const SUMMARY_MS = 4000;
const READOUT_MS = 250;
const DRAWN_MS = 100;
const TABLE_MS = 1000;
const CLOCK_MS = 30_000;
const NOTICE_MS = 6000;
/** Signs of events that are nearer than this many pixels are one. */
const MARKER_GAP = 16;

/** The run panel: keeps what is on the page equal to the session and to how the user looks at it. */
export class RunPanel {
  readonly #session: Session;
  readonly #commands: Commands;
  readonly #header: HeaderView;
  readonly #form: FormView;
  readonly #toolbar: ToolbarView;
  readonly #legend: LegendView;
  readonly #plot: PlotView;
  readonly #pickers: readonly Picker[];
  readonly #markers: MarkersView;
  readonly #hover = new HoverCard();
  readonly #navigation: Navigation;
  readonly #plan: PlanView;
  readonly #whatIf: WhatIfView;
  readonly #report: ReportView;
  readonly #issues: IssuesView;
  readonly #warnings: WarningsView;
  readonly #data = new ValuesView();
  readonly #blank: BlankView;
  readonly #content: HTMLElement;
  readonly #summary = h('div', { id: 'summary', class: 'sr-only', attrs: { 'aria-live': 'polite' } });
  readonly #spoken = h('div', { id: 'readout', class: 'sr-only', attrs: { 'aria-live': 'polite' } });
  readonly #render = perFrame(() => this.#draw());
  /** What moves with the hand: neither the header nor the sections depend on it. */
  readonly #renderPlot = perFrame(() => this.#movePlot());
  readonly #renderOverlay = perFrame(() => this.#drawOverlay());
  readonly #reopen = debounced(() => this.#open(), REOPEN_MS);
  readonly #persist = debounced(() => this.api.setState(this.#ui), REOPEN_MS);
  readonly #summarize = throttled(() => this.#drawSummary(), SUMMARY_MS);
  readonly #speak = debounced(() => this.#drawSpoken(), READOUT_MS);
  readonly #drawn = throttled(() => this.#tellDrawn(), DRAWN_MS);
  readonly #tabulate = throttled(() => this.#drawTable(), TABLE_MS);
  #ui: UiState;
  #theme = readTheme();
  #run: string | null;
  #newest: number | null = null;
  #notice = '';
  #toldFacts = '';
  #askedWidth = 0;
  #visible: { visible: Range; full: Range } = { visible: [0, 1], full: [0, 1] };
  #model: HeaderModel | null = null;
  readonly #reports = new Map<string, Promise<ReportPart>>();
  #readout: Readout = { step: '', place: '', items: [] };
  #axis: StepAxis = STEPS;

  constructor(
    readonly root: HTMLElement,
    readonly channel: PanelChannel<RunPanelContract>,
    readonly api: VsCodeApi,
    wanted: string | null,
  ) {
    const stored = readUiState(api.getState());
    const other = wanted !== null && wanted !== stored.run;
    this.#ui = other ? { ...stored, run: wanted, window: null } : stored;
    this.#run = this.#ui.run;
    this.#session = new Session(channel, this.#render);
    // Asked before anything is built: the answer is made meanwhile. No plot is wider than its page.
    this.#open(window.innerWidth);
    this.#commands = new Commands(channel, this.#tell);
    const setPlan: SetPlan = (facts) => {
      // Another plan has another back-test.
      this.#reports.clear();
      return this.#commands.setPlan(this.#run, facts);
    };
    const opens = (id: string): boolean => this.#ui.open.includes(id);
    const toggled = (id: string) => (open: boolean) => this.#setOpen(id, open);
    this.#header = new HeaderView({
      copyForecast: () => this.#commands.copyForecast(this.#session.data),
      openLog: () => this.#commands.openLog(this.#run),
    });
    this.#form = new FormView(setPlan);
    this.#header.formSlot.append(this.#form.root);
    const toolbar: ToolbarActions = {
      setSmoothing: (smoothing) => this.#look({ smoothing }, true),
      toggle: (flag) => this.#look({ [flag]: !this.#ui[flag] }, false),
      setAxis: (axis) => this.#look({ axis }, false),
      resetZoom: () => this.#zoom(null),
      save: (kind) => this.#save(kind),
      toggleData: () => this.#setOpen('data', !opens('data')),
    };
    this.#pickers = makePickers(
      this.#commands,
      () => this.#session.data,
      (change) => this.#look(change, true),
    );
    this.#toolbar = new ToolbarView(
      toolbar,
      this.#pickers.map(({ root }) => root),
    );
    this.#legend = new LegendView((key) => this.#toggleSeries(key));
    this.#plot = new PlotView(() => this.#resized());
    this.#plan = new PlanView(opens('plan'), setPlan, toggled('plan'));
    this.#whatIf = new WhatIfView(opens('what-if'), this.#whatIfActions(), toggled('what-if'));
    this.#report = new ReportView(
      opens('report'),
      { ask: (again) => this.#askReport(again), save: (kind) => this.#saveReport(kind) },
      toggled('report'),
    );
    this.#warnings = new WarningsView(opens('warnings'), toggled('warnings'), {
      mute: (key, all, muted) => this.#commands.mute(all ? null : this.#run, key, muted),
      show: (step) => this.#navigation.show(step),
    });
    this.#markers = new MarkersView({
      show: (step) => this.#navigation.show(step),
      details: (warning) => this.#warnings.reveal(warning),
    });
    this.#plot.root.append(this.#markers.root, this.#hover.root);
    this.#navigation = new Navigation(this.#scenery());
    this.#issues = new IssuesView(opens('issues'), toggled('issues'));
    this.#blank = new BlankView(() => this.#open());
    this.#content = this.#layout();
    connectPlot(this.#plot.root, this.#navigation.actions());
    this.#listen();
  }

  /** Draws the empty frame until the run is there. */
  start(): void {
    this.#publish({ state: 'loading', run: this.#run ?? '', points: '0', forecast: '', forecastStep: '' });
    setText(this.#summary, texts.loading);
    this.#toolbar.root.inert = true;
    this.#toolbar.update(this.#ui, { zoom: '', isLive: false, axes: axisChoices(null) });
    this.#plot.warm(this.#theme);
  }

  #layout(): HTMLElement {
    const keys = h('p', { id: 'plot-keys', class: 'sr-only', text: texts.plot.keys });
    const chart = h(
      'section',
      { class: 'chart' },
      this.#toolbar.root,
      this.#legend.root,
      this.#plot.root,
      keys,
      this.#data.root,
    );
    const content = h(
      'div',
      { class: 'content' },
      this.#header.root,
      chart,
      this.#whatIf.root,
      this.#warnings.root,
      this.#plan.root,
      this.#report.root,
      this.#issues.root,
    );
    this.root.replaceChildren(this.#summary, this.#spoken, content, this.#blank.root);
    return content;
  }

  #whatIfActions(): WhatIfActions {
    return {
      ask: (run, question) => this.#commands.whatIf(run, question),
      copy: (text) => this.#commands.copyText(text),
      show: (reply) => {
        this.#session.data.whatIf = reply;
        this.#render();
      },
    };
  }

  #listen(): void {
    onThemeChange(() => {
      this.#theme = readTheme();
      this.#render();
    });
    document.addEventListener(
      'visibilitychange',
      () => document.visibilityState === 'visible' && this.#session.reopen(),
    );
    setInterval(this.#render, CLOCK_MS);
  }

  #open(width = this.#plot.root.clientWidth): void {
    this.#askedWidth = width;
    this.#session.open(panelView(this.#ui, this.#run, this.#askedWidth));
  }

  #draw(): void {
    const { data, status } = this.#session;
    const loading = status === 'loading';
    if (loading || data.run === null) this.#drawBlank();
    else this.#drawRun();
    this.#content.hidden = !loading && data.run === null;
    this.#toolbar.root.inert = loading;
    if (loading || data.run !== null) this.#blank.hide();
  }

  #drawBlank(): void {
    const { status, message } = this.#session;
    if (status === 'loading') return;
    if (status === 'empty') this.#blank.showEmpty();
    else this.#blank.showError(message);
    const state = status === 'empty' ? 'empty' : 'error';
    this.#publish({ state, run: '', points: '0', forecast: '', forecastStep: '' });
    setText(this.#summary, status === 'empty' ? texts.empty.title : message);
  }

  #drawRun(): void {
    const { data } = this.#session;
    const run = data.run!;
    this.#follow(run.summary.id);
    if (this.#ui.window === null) this.#newest = newestLoss(data);
    const model = headerOf(data, this.#newest, Date.now());
    if (model === null) return;
    this.#model = model;
    const error = this.#session.status === 'error' ? this.#session.message : '';
    this.#header.update(model, this.#notice || error || (this.#session.closed ? texts.notice.closed : ''));
    this.#form.update(run, model.headline.detail);
    this.#visible = visibleRange(data, this.#ui);
    this.#axis = stepAxis(this.#ui.axis, run.axes);
    this.#drawPlot();
    this.#whatIf.update(data);
    this.#plan.update(run);
    if (data.forecast !== null) this.#report.update(data.forecast, data.report, this.#theme);
    // What a finished run had said earlier belongs to its headline.
    if (model.headline.kind === 'final' && data.report === null) void this.#askReport().catch(() => undefined);
    this.#warnings.update(run.warnings);
    this.#issues.update(run.issues, run.summary.issues);
    this.#tabulate();
    this.#publish(rootFacts(data, model));
    this.#summarize();
    this.#drawn();
  }

  #drawPlot(): void {
    const { data } = this.#session;
    const { visible } = this.#visible;
    const isLive = data.run?.summary.state === 'live';
    const zoom = zoomText(visible, this.#axis);
    this.#toolbar.update(this.#ui, { zoom, isLive, axes: axisChoices(data.run) });
    for (const { update, picked } of this.#pickers) update(this.#ui[picked]);
    const drawing = {
      loss: lossScene(data, this.#ui, visible),
      strips: stripsOf(data, this.#ui, visible),
      axis: this.#axis,
      others: overlayAxes(data, this.#ui.axis),
    };
    this.#plot.draw(drawing, this.#theme);
    const { left, right, top, bottom } = this.#plot.loss.area;
    const groups = groupMarkers(markersOf(data), (step) => this.#plot.pixelOf(step), { left, right, gap: MARKER_GAP });
    this.#markers.update(groups, { top, bottom });
    this.#navigation.rest();
    this.#drawOverlay();
  }

  /** The run that the panel shows is the run it asks for from now on. */
  #follow(run: string): void {
    if (this.#run === run) return;
    const moved = this.#run !== null;
    this.#run = run;
    this.#ui = moved ? { ...this.#ui, run, window: null, overlays: [] } : { ...this.#ui, run };
    this.#persist();
  }

  #drawOverlay(): void {
    const { data } = this.#session;
    if (data.run === null) return;
    const { cursor, brush, held } = this.#navigation;
    this.#readout = readout(data, cursor, this.#axis);
    const hidden = new Set(this.#ui.hidden);
    this.#legend.update(this.#readout, texts.units[data.run.summary.stepUnit], hidden);
    const items = this.#readout.items.filter(({ key }) => !hidden.has(key));
    const handles = this.#whatIf.handles().map((each) => ({ ...each, active: each.key === held }));
    this.#plot.overlay({ cursor, items, brush, handles }, this.#theme);
    const x = cursor !== null && this.#navigation.points ? this.#plot.pixelOf(cursor) : null;
    this.#hover.show({ ...this.#readout, items }, x, {
      width: this.#plot.loss.canvas.clientWidth,
      top: this.#plot.loss.area.top,
    });
  }

  #drawSummary(): void {
    const { data } = this.#session;
    if (this.#model === null || data.run === null) return;
    const text = summaryText(data, this.#model);
    setText(this.#summary, text);
    const { main, validation } = rolesOf(data);
    this.#plot.describe(text, (main ?? validation)?.label ?? '');
    setAttr(this.root.querySelector('#forecast-value')!, 'title', forecastTitle(data) || null);
  }

  /** Reads the crosshair out after the keys have come to rest. */
  #drawSpoken(): void {
    if (this.#navigation.cursor === null) return;
    const values = this.#readout.items.filter(({ value }) => value !== '' && value !== '–');
    const text = values.map(({ label, value }) => `${label} ${value}`).join(', ');
    setText(
      this.#spoken,
      `${texts.units[this.#session.data.run?.summary.stepUnit ?? 'step']} ${this.#readout.step}: ${text}`,
    );
  }

  #drawTable(): void {
    const open = this.#ui.open.includes('data') && this.#session.data.run !== null;
    this.#data.show(open ? valueTable(this.#session.data, this.#visible.visible) : null);
  }

  #publish(facts: RootFacts): void {
    const { dataset } = this.root;
    for (const [name, value] of Object.entries(facts)) if (dataset[name] !== value) dataset[name] = value;
  }

  #tellDrawn(): void {
    const facts = panelFacts(this.#session.data);
    const text = JSON.stringify(facts);
    if (facts === null || text === this.#toldFacts) return;
    this.#toldFacts = text;
    this.channel.call('host/drawn', facts).catch(() => undefined);
  }

  #look(change: Partial<UiState>, asks: boolean): void {
    this.#ui = { ...this.#ui, ...change };
    this.#persist();
    this.#render();
    if (asks) this.#reopen();
  }

  #zoom(window: Range | null): void {
    if (window === null && this.#ui.window === null) return;
    this.#ui = { ...this.#ui, window };
    this.#persist();
    this.#renderPlot();
    this.#reopen();
  }

  #movePlot(): void {
    if (this.#session.data.run === null) return;
    this.#visible = visibleRange(this.#session.data, this.#ui);
    this.#drawPlot();
    this.#tabulate();
  }

  #setOpen(id: string, open: boolean): void {
    if (this.#ui.open.includes(id) === open) return;
    const rest = this.#ui.open.filter((each) => each !== id);
    this.#look({ open: open ? [...rest, id] : rest }, false);
    if (id === 'data') this.#drawTable();
  }

  #toggleSeries(key: string): void {
    const rest = this.#ui.hidden.filter((each) => each !== key);
    this.#look({ hidden: rest.length < this.#ui.hidden.length ? rest : [...rest, key] }, false);
  }

  #resized(): void {
    this.#render();
    const before = panelView(this.#ui, null, this.#askedWidth).maxPoints;
    const now = panelView(this.#ui, null, this.#plot.root.clientWidth).maxPoints;
    if (now > before) this.#reopen();
  }

  /** What pointer, wheel and keys move through. */
  #scenery(): Scenery {
    return {
      plot: this.#plot,
      data: () => this.#session.data,
      range: () => this.#visible,
      axis: () => this.#axis,
      logX: () => this.#ui.logX,
      handles: () => this.#whatIf.handles(),
      drag: (key, step) => this.#whatIf.drag(key, step),
      zoom: (window) => this.#zoom(window),
      moved: (spoken) => {
        this.#renderOverlay();
        if (spoken) this.#speak();
      },
      copy: () => this.#commands.copyValues(this.#readout),
    };
  }

  /** Asks for the report of the run, once unless it is wanted again. */
  #askReport(again = false): Promise<void> {
    const run = this.#run;
    if (run === null) return Promise.resolve();
    const asked = (again ? undefined : this.#reports.get(run)) ?? this.#commands.report(run);
    this.#reports.set(run, asked);
    return asked.then((report) => {
      if (this.#run !== run || this.#session.data.report === report) return;
      this.#session.data.report = report;
      this.#render();
    });
  }

  #saveReport(kind: 'markdown' | 'html'): void {
    const { report } = this.#session.data;
    if (report !== null) this.#commands.saveReport(kind, report);
  }

  #shown(): Shown | null {
    if (this.#model === null) return null;
    return { header: this.#model, legend: this.#readout, theme: this.#theme, plots: this.#plot.charts };
  }

  #save(kind: ExportKind): void {
    const { data } = this.#session;
    if (this.#model === null) return;
    const { name } = this.#model;
    if (kind === 'csv') {
      this.#commands.saveCsv(name, valueTable(data, this.#visible.visible));
      return;
    }
    const shown = this.#shown();
    if (shown !== null) void this.#commands.savePicture(kind, shown);
  }

  /** Shows why something that the user asked for did not work. */
  readonly #tell = (error: unknown): void => {
    this.#notice = messageOf(error);
    this.#render();
    setTimeout(() => {
      this.#notice = '';
      this.#render();
    }, NOTICE_MS);
  };
}
