import * as path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { RunSummary } from '../../protocol/run';
import * as protocol from '../../protocol/server';
import type { Background } from '../background';
import { runDescription } from '../format';

/** Characters of one answer: a model pays for what it reads. */
const MAX_ANSWER = 8000;

/** Runs that are listed; a filter finds the others. */
const MAX_RUNS = 50;

/** A tool of the manifest: what a person reads while it runs, and its answer. */
interface LanguageTool<I> {
  readonly name: string;
  message(input: I): string;
  /** Throws in words from which a model can mend its call. */
  answer(background: Background, input: I, token: vscode.CancellationToken): Promise<string>;
}

interface RunInput {
  readonly run?: string;
}

const LIST_RUNS: LanguageTool<{ readonly filter?: string }> = {
  name: 'lossline_list_runs',
  message: () => vscode.l10n.t('Looking through the training runs'),
  answer: async (background, { filter = '' }) => {
    const runs = background.runs.filter(({ name, id }) => `${name}\n${id}`.includes(filter));
    if (runs.length === 0) return filter === '' ? 'No training run was found.' : `No training run has "${filter}".`;
    const more = runs.length > MAX_RUNS ? [`… and ${runs.length - MAX_RUNS} more: use filter.`] : [];
    return [...runs.slice(0, MAX_RUNS).map(lineOf), ...more].join('\n');
  },
};

const PREDICT: LanguageTool<RunInput & protocol.ForecastTell['params']['options']> = {
  name: 'lossline_predict_final_loss',
  message: ({ run }) =>
    run === undefined
      ? vscode.l10n.t('Forecasting the final loss')
      : vscode.l10n.t('Forecasting the final loss of {0}', run),
  answer: async (background, { run, ...options }, token) => {
    const params = { run: runNamed(background, run).id, options };
    return (
      await background.request<protocol.ForecastTell['params'], protocol.ForecastTell['result']>(
        protocol.FORECAST_TELL,
        params,
        token,
      )
    ).text;
  },
};

const WARNINGS: LanguageTool<RunInput> = {
  name: 'lossline_explain_warnings',
  message: ({ run }) =>
    run === undefined ? vscode.l10n.t('Looking for warnings') : vscode.l10n.t('Looking for warnings of {0}', run),
  answer: async (background, { run }, token) => {
    const params = { run: runNamed(background, run).id };
    return (
      await background.request<protocol.WarningsTell['params'], protocol.WarningsTell['result']>(
        protocol.WARNINGS_TELL,
        params,
        token,
      )
    ).text;
  },
};

const SPECTRA: LanguageTool<{ readonly path: string }> = {
  name: 'lossline_measure_spectra',
  message: (input) => vscode.l10n.t('Measuring the spectra of {0}', input.path),
  answer: async (background, input, token) => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    const params = { path: path.resolve(folder, input.path) };
    return (
      await background.request<protocol.SpectraAnalyse['params'], protocol.SpectraAnalyse['result']>(
        protocol.SPECTRA_ANALYSE,
        params,
        token,
      )
    ).markdown;
  },
};

/** Registers the tools of the manifest. The background process starts with the first call of one. */
export function registerLanguageTools(background: Background): vscode.Disposable[] {
  // Some editors that are made from VS Code leave this part out.
  if (typeof vscode.lm?.registerTool !== 'function') return [];
  const register = <I extends object>(tool: LanguageTool<I>): vscode.Disposable =>
    vscode.lm.registerTool<I>(tool.name, {
      prepareInvocation: ({ input }) => ({ invocationMessage: tool.message(input) }),
      invoke: async ({ input }, token) => {
        await background.ready();
        const text = await tool.answer(background, input, token).catch((error: unknown) => {
          if (token.isCancellationRequested) throw new vscode.CancellationError();
          throw new Error(messageOf(error));
        });
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(cut(text))]);
      },
    });
  return [register(LIST_RUNS), register(PREDICT), register(WARNINGS), register(SPECTRA)];
}

function lineOf(run: RunSummary): string {
  const doubt = run.refused === null ? '' : ` · ${run.refused.reason}`;
  return `${run.name}: ${run.state} · ${runDescription(run)}${doubt} (${run.id})`;
}

/** The run that is meant: by its id, its name or a part of that. Throws with the names there are. */
function runNamed({ runs }: Background, wanted = ''): RunSummary {
  const exact = runs.filter(({ id, name }) => id === wanted || name === wanted);
  const fits = exact.length > 0 ? exact : runs.filter(({ name }) => name.includes(wanted));
  if (fits.length === 1) return fits[0]!;
  if (runs.length === 0) throw new Error('No training run was found in this workspace.');
  const known = (fits.length > 1 ? fits : runs).slice(0, MAX_RUNS).map(({ id, name }) => `${name} (${id})`);
  const fault = fits.length === 0 ? `No run is called ${wanted}` : 'Say which run';
  throw new Error(`${fault}: ${known.join(', ')}.`);
}

function cut(text: string): string {
  return text.length <= MAX_ANSWER ? text : `${text.slice(0, MAX_ANSWER)}\n… cut here.`;
}
