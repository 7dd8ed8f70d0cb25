import type { PanelChannel } from '../../src/protocol/channel';
import type { LayerKind, SpectraExport, SpectraPanelContract, TensorView } from '../../src/protocol/spectra';
import type { VsCodeApi } from '../shared/channel';
import { button, h, setHidden, setText } from '../shared/dom';
import { onThemeChange, readTheme } from '../shared/theme';
import { debounced, perFrame, throttled } from '../shared/timing';
import { Card } from './card';
import { CheckpointsView } from './checkpointsView';
import { type CompareModel, compareModel } from './compareModel';
import { CompareView } from './compareView';
import type { MatrixKey } from './data';
import { HeaderView } from './headerView';
import { Kept } from './kept';
import { type MapDrawing, valueDrawing } from './mapDrawing';
import { kindsMap, kindsOf, type MapMode, stepsMap } from './mapModel';
import { MapPart } from './mapPart';
import { measureOf } from './measures';
import { overviewOf } from './overviewModel';
import { mapSvg, pngOf, svgFile } from './picture';
import { paletteOf } from './plot/palette';
import type { PlotOptions } from './plot/plotView';
import { type ScaleModel, scaleModel } from './scaleModel';
import { ScaleView } from './scaleView';
import { Session } from './session';
import { SkippedView } from './skippedView';
import { SpectrumView } from './spectrumView';
import { texts } from './texts';
import { depthTrend, stepsTrend, type Trend } from './trendModel';
import { TrendView } from './trendView';
import { readUiState, type UiState } from './uiState';
import { worstRows } from './worstModel';
import { WorstView } from './worstView';

const PERSIST_MS = 150;
const DRAWN_MS = 100;
const ANNOUNCE_MS = 5000;
const PLOT_HEIGHT = { spectrum: 300, trend: 230, scale: 240 };

/** The spectra panel: keeps what is on the page equal to the session and to how the user looks at it. */
export class SpectraPanel {
  readonly #session: Session;
  readonly #card = new Card();
  readonly #header: HeaderView;
  readonly #checkpoints: CheckpointsView;
  readonly #map: MapPart;
  readonly #spectrum: SpectrumView;
  readonly #trends: TrendView;
  readonly #worst: WorstView;
  readonly #scale: ScaleView;
  readonly #compare: CompareView;
  readonly #skipped: SkippedView;
  readonly #content: HTMLElement;
  readonly #measured: HTMLElement;
  readonly #blank = h('section', { class: 'blank', hidden: true });
  readonly #reason = h('p', { class: 'reason' });
  readonly #live = h('div', { class: 'sr-only', attrs: { 'aria-live': 'polite' } });
  readonly #render = perFrame(() => this.#draw());
  readonly #persist = debounced(() => this.api.setState(this.#ui), PERSIST_MS);
  readonly #drawn = throttled(() => this.#tellDrawn(), DRAWN_MS);
  readonly #announce = throttled(() => this.#sayProgress(), ANNOUNCE_MS);
  #ui: UiState;
  #theme = readTheme();
  #palette = paletteOf(this.#theme);
  #drawing: MapDrawing | null = null;
  readonly #keptMap = new Kept<MapDrawing>();
  readonly #keptKinds = new Kept<LayerKind[]>();
  readonly #keptDepth = new Kept<Trend>();
  readonly #keptSteps = new Kept<Trend>();
  readonly #keptCompare = new Kept<CompareModel | null>();
  readonly #keptScale = new Kept<ScaleModel | null>();
  #told = '';
  #picked: MatrixKey | null = null;

  constructor(
    readonly root: HTMLElement,
    readonly channel: PanelChannel<SpectraPanelContract>,
    readonly api: VsCodeApi,
  ) {
    this.#ui = readUiState(api.getState());
    this.#session = new Session(channel, this.#render);
    const opens = (id: string): boolean => this.#ui.open.includes(id);
    const toggled = (id: string) => (open: boolean) => this.#setOpen(id, open);
    const plot = (height: number): PlotOptions => ({
      height,
      card: this.#card,
      save: (svg, title, as) => this.#savePlot(svg, title, as),
    });
    this.#header = new HeaderView({
      cancel: () => this.#cancel([this.#shown]),
      start: () => this.#start([this.#shown]),
      choose: (key) => this.#choose(key),
      save: (format) => this.#saveText(format),
    });
    this.#checkpoints = new CheckpointsView({
      show: (path) => this.#show(path),
      start: (paths) => this.#start(paths),
      cancel: (paths) => this.#cancel(paths),
    });
    this.#map = new MapPart(
      {
        setMeasure: (measure) => this.#look({ measure }),
        setMode: (mode) => this.#look({ mode }),
        setKind: (kind) => this.#look({ kind }),
        choose: (key) => this.#choose(key),
        save: (as) => this.#saveMap(as),
      },
      this.#card,
    );
    this.#spectrum = new SpectrumView(plot(PLOT_HEIGHT.spectrum), (by) => this.#walk(by));
    this.#trends = new TrendView({ ...plot(PLOT_HEIGHT.trend), toggle: (key) => this.#toggleKind(key) });
    this.#worst = new WorstView(
      {
        choose: (name) => this.#choose({ path: this.#shown, name }),
        sort: (sort) => this.#look({ sort, descending: this.#ui.sort === sort && !this.#ui.descending }),
        toggle: toggled('worst'),
      },
      opens('worst'),
    );
    this.#scale = new ScaleView(plot(PLOT_HEIGHT.scale), opens('scale'), toggled('scale'));
    this.#compare = new CompareView(
      {
        choose: (path) => this.#compareWith(path),
        browse: () => void this.#browse(),
        measure: () => this.#measureAngles(),
        select: ({ name }) => this.#choose({ path: this.#shown, name }),
        toggle: toggled('compare'),
      },
      this.#card,
      opens('compare'),
    );
    this.#skipped = new SkippedView(opens('skipped'), toggled('skipped'));
    this.#measured = h('div', { class: 'measured' });
    this.#content = h('div', { class: 'content' });
    this.#layout();
    this.#listen();
  }

  #layout(): void {
    this.#measured.append(
      h('div', { class: 'pair' }, this.#map.root, this.#spectrum.root),
      this.#trends.root,
      this.#worst.root,
      this.#compare.root,
      this.#scale.root,
    );
    this.#content.append(this.#header.root, this.#checkpoints.root, this.#measured, this.#skipped.root);
    const retry = button({ label: texts.error.retry, class: 'button primary', onClick: () => this.#session.reopen() });
    this.#blank.append(h('h1', { text: texts.error.title }), this.#reason, retry);
    this.root.replaceChildren(this.#live, this.#content, this.#blank, this.#card.root);
  }

  start(): void {
    this.root.dataset.state = 'loading';
    setText(this.#live, texts.loading);
    this.#content.hidden = true;
    this.#session.open(this.#ui.path);
  }

  get #shown(): string {
    const { data } = this.#session;
    return data.checkpoint(this.#ui.shown) === undefined ? data.path : this.#ui.shown;
  }

  #listen(): void {
    onThemeChange(() => {
      this.#theme = readTheme();
      this.#palette = paletteOf(this.#theme);
      this.#render();
    });
    document.addEventListener(
      'visibilitychange',
      () => document.visibilityState === 'visible' && this.#session.reopen(),
    );
    document.addEventListener('scroll', () => this.#card.hide(), true);
  }

  #draw(): void {
    const { data, status, message } = this.#session;
    if (status === 'loading') return;
    const failed = status === 'error' && data.path === '';
    setHidden(this.#blank, !failed);
    setHidden(this.#content, failed);
    setText(this.#reason, message);
    if (failed) {
      this.root.dataset.state = 'error';
      return;
    }
    if (this.#ui.path !== data.path) this.#look({ path: data.path });
    const shown = this.#shown;
    const tensors = data.of(shown);
    const overview = overviewOf(data, shown);
    if (overview === null) return;
    this.#header.update(overview);
    this.#checkpoints.update(data, shown);
    this.#skipped.update(data.facts.get(shown), overview.state === 'running');
    // What was measured elsewhere stays in view while the shown checkpoint has nothing yet.
    const any = data.measured().length > 0 || tensors.length > 0;
    setHidden(this.#measured, !any);
    if (any) this.#drawMeasured(tensors);
    this.#publish(overview.state, tensors.length);
    this.#announce();
    this.#drawn();
  }

  #drawMeasured(tensors: readonly TensorView[]): void {
    const { data } = this.#session;
    const [shown, ui] = [this.#shown, this.#ui];
    const measure = measureOf(ui.measure);
    const mode = this.#mode;
    const selected = this.#selected(tensors);
    const { version } = data;
    const place = mode === 'steps' ? ui.kind : shown;
    this.#drawing = this.#keptMap.get([version, mode, place, measure.id], () =>
      valueDrawing(mode === 'steps' ? stepsMap(data, ui.kind, measure) : kindsMap(data, shown, measure), ''),
    );
    const kinds = this.#keptKinds.get([version], () => kindsOf(data.series().flatMap(({ path }) => data.of(path))));
    this.#map.update(this.#drawing, {
      measure,
      mode,
      kind: ui.kind,
      kinds,
      steps: data.series().length > 1,
      selected,
    });
    const tensor = selected === null ? undefined : data.tensor(selected);
    if (selected !== null && tensor?.measures) this.#session.want(selected);
    this.#spectrum.update(
      tensor,
      selected === null ? undefined : data.matrices.get(`${selected.path} ${selected.name}`),
      this.#palette,
    );
    const focus = ui.matrix === null ? null : (tensor?.kind ?? null);
    this.#trends.update(
      this.#keptDepth.get([version, shown, measure.id], () => depthTrend(data, measure, shown)),
      this.#keptSteps.get([version, measure.id], () => stepsTrend(data, measure)),
      { hidden: ui.hidden, focus },
      this.#palette,
    );
    this.#worst.update(tensors, { sort: ui.sort, descending: ui.descending, selected: selected?.name ?? null });
    this.#scale.update(
      this.#keptScale.get([version, shown], () => scaleModel(data, shown)),
      this.#palette,
    );
    const { compare } = ui;
    const ready = compare !== null && compare !== shown && data.of(compare).length > 0;
    this.#compare.update(
      data,
      { path: shown, other: compare, selected },
      ready
        ? this.#keptCompare.get([version, data.comparison, shown, compare, measure.id], () =>
            compareModel(data, shown, compare, measure),
          )
        : null,
    );
  }

  get #mode(): MapMode {
    const { data } = this.#session;
    if (data.series().length < 2) return 'kinds';
    return this.#ui.mode ?? (data.measured().length > 1 ? 'steps' : 'kinds');
  }

  /** The chosen matrix, else the worst one that has a spectrum. */
  #selected(tensors: readonly TensorView[]): MatrixKey | null {
    const path = this.#shown;
    const chosen = this.#ui.matrix;
    if (chosen !== null && tensors.some(({ name }) => name === chosen)) return { path, name: chosen };
    // While results arrive, what was picked first stays: a drawing that changes by itself cannot be read.
    const running = this.#session.data.checkpoint(path)?.state === 'running';
    if (running && this.#picked?.path === path && tensors.some(({ name }) => name === this.#picked!.name))
      return this.#picked;
    const withSpectrum = tensors.filter(({ measures }) => measures !== null);
    const [worst] = worstRows(withSpectrum, { sort: 'finding', descending: false, filter: '' });
    this.#picked = worst === undefined ? null : { path, name: worst.tensor.name };
    return this.#picked;
  }

  #publish(state: string, matrices: number): void {
    const { dataset } = this.root;
    dataset.state = state;
    dataset.matrices = String(matrices);
    dataset.selected = this.#selected(this.#session.data.of(this.#shown))?.name ?? '';
  }

  #tellDrawn(): void {
    const { data } = this.#session;
    const facts = { path: data.path, matrices: data.of(this.#shown).length, checkpoints: data.checkpoints.length };
    const text = JSON.stringify(facts);
    if (text === this.#told) return;
    this.#told = text;
    this.channel.call('host/drawn', facts).catch(() => undefined);
  }

  #sayProgress(): void {
    const checkpoint = this.#session.data.checkpoint(this.#shown);
    if (checkpoint === undefined) return;
    const { done, state } = checkpoint;
    setText(
      this.#live,
      state === 'running' ? texts.overview.announce(done.matrices, done.ofMatrices) : texts.states[state],
    );
  }

  #look(change: Partial<UiState>): void {
    this.#ui = { ...this.#ui, ...change };
    this.#persist();
    this.#render();
  }

  #setOpen(id: string, open: boolean): void {
    if (this.#ui.open.includes(id) === open) return;
    const rest = this.#ui.open.filter((each) => each !== id);
    this.#look({ open: open ? [...rest, id] : rest });
  }

  #toggleKind(key: string): void {
    const rest = this.#ui.hidden.filter((each) => each !== key);
    this.#look({ hidden: rest.length < this.#ui.hidden.length ? rest : [...rest, key] });
  }

  /** Shows a checkpoint; one that nobody has asked for yet is analysed. */
  #show(path: string): void {
    if (this.#session.data.checkpoint(path)?.state === 'idle') this.#start([path]);
    this.#look({ shown: path });
  }

  #choose({ path, name }: MatrixKey): void {
    this.#card.hide();
    this.#look({ shown: path, matrix: name });
  }

  /** The matrix before or after the chosen one, in the order of the layers. */
  #walk(by: -1 | 1): void {
    const tensors = this.#session.data.of(this.#shown);
    const at = tensors.findIndex(({ name }) => name === this.#selected(tensors)?.name);
    const next = tensors[Math.max(0, Math.min(tensors.length - 1, at + by))];
    if (next !== undefined) this.#look({ matrix: next.name });
  }

  #start(paths: readonly string[]): void {
    this.channel.call('spectra/start', { paths }).catch(() => undefined);
  }

  #cancel(paths: readonly string[]): void {
    this.channel.call('spectra/cancel', { paths }).catch(() => undefined);
  }

  #compareWith(path: string | null): void {
    if (path !== null && this.#session.data.checkpoint(path)?.state === 'idle') this.#start([path]);
    this.#look({ compare: path });
  }

  async #browse(): Promise<void> {
    const chosen = await this.channel.call('host/pickCheckpoint', null).catch(() => null);
    if (chosen === null) return this.#render();
    await this.channel.call('spectra/add', chosen).catch(() => undefined);
    this.#look({ compare: chosen.path });
  }

  #measureAngles(): void {
    const { compare } = this.#ui;
    if (compare !== null)
      this.channel.call('spectra/compare', { path: this.#shown, other: compare }).catch(() => undefined);
  }

  async #saveText(format: SpectraExport): Promise<void> {
    const file = await this.channel.call('spectra/export', { path: this.#shown, format });
    await this.channel.call('host/save', { ...file, base64: false });
  }

  #saveMap(as: 'png' | 'svg'): void {
    if (this.#drawing !== null)
      this.#savePlot(mapSvg(this.#drawing, this.#palette), measureOf(this.#ui.measure).title, as);
  }

  #savePlot(svg: SVGElement, title: string, as: 'png' | 'svg'): void {
    void this.#savePicture(svgFile(svg, title, this.#palette), title, as);
  }

  async #savePicture(file: string, title: string, as: 'png' | 'svg'): Promise<void> {
    const name = `${title.replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}.${as}`;
    const content = as === 'svg' ? file : await pngOf(file);
    await this.channel.call('host/save', { name, content, base64: as === 'png' });
  }
}
