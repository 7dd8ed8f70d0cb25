import * as vscode from 'vscode';
import type { RunSummary } from '../protocol/run';
import type * as protocol from '../protocol/server';
import { Alarms } from './alarms';
import { registerLanguageTools } from './assistant/languageTools';
import { registerMcpServer } from './assistant/mcpProvider';
import { Background } from './background';
import { addRun } from './commands/addRun';
import { analyseSpectra } from './commands/analyseSpectra';
import { chooseFormat } from './commands/chooseFormat';
import { compareRuns } from './commands/compareRuns';
import { exportReport } from './commands/exportReport';
import { forgetRuns } from './commands/forgetRuns';
import { insertActivationLogger } from './commands/insertActivationLogger';
import { openLog } from './commands/openLog';
import { openSample } from './commands/openSample';
import { pickRun } from './commands/pickRun';
import { predictFinalLoss } from './commands/predict';
import type { ComparePanel } from './panels/comparePanel';
import { FileEditor } from './panels/fileEditor';
import { COMPARE_PANEL, PanelSet, RUN_PANEL, SPECTRA_PANEL } from './panels/panelSet';
import type { RunPanel } from './panels/runPanel';
import type { SpectraPanel } from './panels/spectraPanel';
import { mayHoldRuns, whenRunsAppear } from './quietLook';
import { announceRunFiles } from './runFiles';
import { RunsView } from './runsView';
import { StatusBar } from './statusBar';

/** What the extension tells other extensions and its own tests. */
export interface LosslineApi {
  /** True when the background process has been started. */
  clientStarted(): boolean;
  runs(): Promise<
    readonly { id: string; name: string; state: string; points: number; format: string; guessed: boolean }[]
  >;
  panels(): readonly { run: string; points: number; forecast: number | null }[];
  /** Compare panels that are drawn: runs, those that could be ranked, and curves. */
  comparisons(): readonly { runs: number; ranked: number; curves: number }[];
  /** Spectra panels that are drawn: the checkpoint, and how many matrices and checkpoints it shows. */
  spectra(): readonly { path: string; matrices: number; checkpoints: number }[];
}

/** Registers everything and starts nothing: the background process comes up with the first run, panel or command. */
export function activate(context: vscode.ExtensionContext): LosslineApi {
  const output = vscode.window.createOutputChannel('Lossline', { log: true });
  const background = new Background(context, output);
  const panels = new PanelSet(background, RUN_PANEL);
  const compare = new PanelSet(background, COMPARE_PANEL);
  const spectra = new PanelSet(background, SPECTRA_PANEL);
  const view = new RunsView(background);
  context.subscriptions.push(
    output,
    background,
    panels,
    compare,
    spectra,
    // The panel finds the run of the file itself and says in words when it is no log.
    new FileEditor(['lossline.log', 'lossline.logOption'], (tab, path) => panels.adopt(tab, path)),
    // A click on a file is no wish for minutes of work.
    new FileEditor(['lossline.checkpoint', 'lossline.checkpointOption'], (tab, path) => {
      spectra.adopt(tab, path).analyse = 'small';
    }),
    announceRunFiles(background),
    view,
    new StatusBar(background),
    new Alarms(background, panels),
  );
  context.subscriptions.push(...registerCommands(background, panels, output), registerSpectra(background, spectra));
  context.subscriptions.push(registerCompare(background, compare));
  context.subscriptions.push(...registerLanguageTools(background), ...registerMcpServer(context));
  context.subscriptions.push(
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      if (background.started) void background.scan();
    }),
  );
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('lossline.memory')) void background.tellMemory();
      if (change.affectsConfiguration('lossline.spectra')) void background.tellSpectra();
    }),
  );
  if (view.visible) void view.look();
  else void lookQuietly(background, panels);
  return {
    clientStarted: () => background.started,
    runs: async () => {
      await background.ready();
      return background.runs.map(({ id, name, state, points, format, guessed }) => ({
        id,
        name,
        state,
        points,
        format,
        guessed,
      }));
    },
    panels: () => panels.all.flatMap(({ facts }) => facts ?? []),
    comparisons: () => compare.all.flatMap(({ facts }) => facts ?? []),
    spectra: () => spectra.all.flatMap(({ facts }) => facts ?? []),
  };
}

function registerCommands(
  background: Background,
  panels: PanelSet<RunPanel>,
  output: vscode.LogOutputChannel,
): vscode.Disposable[] {
  const register = (name: string, run: (argument: unknown, more?: unknown) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`lossline.${name}`, run);
  return [
    register('forecast.predict', (argument) => predictFinalLoss(background, panels, argument)),
    register('report.export', (argument, format) =>
      exportReport(background, argument, format as protocol.ReportFormat | undefined),
    ),
    register('run.open', async (argument) => {
      const run = await pickRun(background, argument);
      if (run !== undefined) panels.open(run.id);
    }),
    register('run.add', (argument) => addRun(background, panels, argument)),
    register('run.chooseFormat', (argument, choice) =>
      chooseFormat(background, argument, choice as protocol.LogChoice | null | undefined),
    ),
    register('run.openLog', (argument) => openLog(background, (argument as RunSummary).id)),
    register('memory.show', () => background.memory.show()),
    register('memory.forget', () => forgetRuns(background)),
    register('keys.forget', () => forgetKeys(background)),
    register('sample.open', () => openSample(background, panels)),
    register('start.open', () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', `${background.context.extension.id}#start`),
    ),
    register('log.show', () => output.show()),
  ];
}

function registerSpectra(background: Background, panels: PanelSet<SpectraPanel>): vscode.Disposable {
  const register = (name: string, run: (argument: unknown) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`lossline.${name}`, run);
  return vscode.Disposable.from(
    register('spectra.analyze', (argument) => analyseSpectra(background, panels, argument)),
    register('activations.insertLogger', (argument) => insertActivationLogger(background, argument)),
  );
}

function registerCompare(background: Background, panels: PanelSet<ComparePanel>): vscode.Disposable {
  const register = (name: string, run: (node: unknown, nodes: unknown) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`lossline.${name}`, run);
  return register('runs.compare', (_, nodes) => compareRuns(background, panels, nodes));
}

async function forgetKeys(background: Background): Promise<void> {
  const count = await background.secrets.forgetAll();
  void vscode.window.showInformationMessage(vscode.l10n.t('Keys of {0} servers were forgotten.', count));
}

/** After startup: begins to follow when the workspace holds what may be a run. */
async function lookQuietly(background: Background, panels: PanelSet<RunPanel>): Promise<void> {
  if (!(await mayHoldRuns())) {
    background.context.subscriptions.push(whenRunsAppear(() => void background.ready()));
    return;
  }
  // Set by `npm start`: the sample opens with its panel.
  if (process.env.LOSSLINE_OPEN_RUN === '1') panels.open(null);
  await background.ready();
}
