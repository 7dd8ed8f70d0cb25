import type { PlanFacts } from '../../src/core/model';
import type { PanelChannel } from '../../src/protocol/channel';
import type { ReportView, RunPanelContract, WhatIfQuestion, WhatIfReply } from '../../src/protocol/panel';
import type { RunListing, SeriesListing } from '../../src/protocol/series';
import type { PlotChart } from '../shared/chart';
import { formatLoss } from '../shared/numbers';
import { texts } from '../shared/texts';
import type { Theme } from '../shared/theme';
import { copyText, type HeaderModel } from './headerModel';
import { newestLoss } from './panelModel';
import type { Readout } from './readoutModel';
import type { RunData } from './runData';
import { fileName, toCsv, type ValueTable } from './tableModel';

/** What a picture of the panel is made of. */
export interface Shown {
  readonly header: HeaderModel;
  readonly legend: Readout;
  readonly theme: Theme;
  readonly plots: readonly PlotChart[];
}

/** What the user asks the editor for. Faults go to `tell`, unless the caller waits for the answer. */
export class Commands {
  constructor(
    readonly channel: PanelChannel<RunPanelContract>,
    readonly tell: (error: unknown) => void,
  ) {}

  async setPlan(run: string | null, facts: PlanFacts | null): Promise<void> {
    if (run !== null) await this.channel.call('plan/set', { run, facts });
  }

  mute(run: string | null, key: string, muted: boolean): void {
    this.channel.call('warnings/mute', { run, key, muted }).catch(this.tell);
  }

  /** Copies the forecast; of a run without one, its loss. */
  async copyForecast(data: RunData): Promise<void> {
    if (data.run === null || data.forecast === null) return;
    const text = copyText(data.run, data.forecast) || `${data.run.summary.name}: ${formatLoss(newestLoss(data))}`;
    await this.channel.call('host/copy', { text });
  }

  /** Copies the values under the crosshair as a table that a spreadsheet takes. */
  copyValues({ step, items }: Readout): void {
    const shown = items.filter(({ value }) => value !== '');
    const names = [texts.data.step, ...shown.map(({ label }) => label)];
    const values = [step, ...shown.map(({ value }) => value)];
    this.channel.call('host/copy', { text: `${names.join('\t')}\n${values.join('\t')}` }).catch(this.tell);
  }

  /** The rest of a run under another schedule. */
  whatIf(run: string, question: WhatIfQuestion): Promise<WhatIfReply> {
    return this.channel.call('view/whatIf', { run, question });
  }

  copyText(text: string): void {
    this.channel.call('host/copy', { text }).catch(this.tell);
  }

  openLog(run: string | null): void {
    if (run !== null) this.channel.call('host/openLog', { run }).catch(this.tell);
  }

  /** Saves or copies the plots as a picture. What makes pictures is loaded when the first one is asked for. */
  async savePicture(kind: 'png' | 'svg' | 'copy', shown: Shown): Promise<void> {
    try {
      const { toPng, toSvg, copyPicture } = await import('./picture');
      const { name } = shown.header;
      if (kind === 'svg') this.#save(fileName(name, 'svg'), toSvg(shown), false);
      else if (kind === 'png') this.#save(fileName(name, 'png'), toPng(shown), true);
      else await copyPicture(shown);
    } catch (error) {
      this.tell(error);
    }
  }

  report(run: string): Promise<ReportView> {
    return this.channel.call('view/report', { run });
  }

  /** Saves a report: as Markdown, or as a page that can be printed. */
  saveReport(kind: 'markdown' | 'html', { name, markdown, html }: ReportView): void {
    if (kind === 'markdown') this.#save(fileName(name, 'md'), markdown, false);
    else this.#save(fileName(name, 'html'), html, false);
  }

  /** Every series of a run, and every other run, to choose from. */
  listSeries(run: string): Promise<readonly SeriesListing[]> {
    return this.channel.call('view/series', { run });
  }

  listRuns(run: string): Promise<readonly RunListing[]> {
    return this.channel.call('view/runs', { run });
  }

  saveCsv(run: string, table: ValueTable): void {
    this.#save(fileName(run, 'csv'), toCsv(table), false);
  }

  #save(name: string, content: string, base64: boolean): void {
    this.channel.call('host/save', { name, content, base64 }).catch(this.tell);
  }
}
