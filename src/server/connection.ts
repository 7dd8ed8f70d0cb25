import {
  type Connection,
  FileChangeType,
  type InitializeResult,
  RequestType,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import type { Engine } from '../core/engine/engine';
import type { ScanRoot } from '../core/engine/follower';
import { predictRun } from '../core/engine/prediction';
import { explainedFindings } from '../core/engine/runFindings';
import type { TrackedRun } from '../core/engine/trackedRun';
import { LosslineError, messageOf } from '../core/errors';
import { attachingLines, modelConstruction } from '../core/hints/code/modelConstruction';
import { learntRunsFrom } from '../core/prior/learntRun';
import { writtenReport } from '../core/report/written';
import { userSshHosts } from '../node/remote/sshHosts';
import type { Reply } from '../protocol/channel';
import * as protocol from '../protocol/server';
import { PROTOCOL_VERSION } from '../protocol/version';
import { EDITOR_CAPABILITIES, serveEditor } from './editor';
import { Notebooks } from './hints/notebooks';
import { type SourceDocument, sourceDocuments } from './hints/sourceDocument';
import { Panels } from './panels/panels';
import { RunsFeed } from './runsFeed';
import { summaryOf } from './runView';
import { Analyses } from './spectra/analyses';
import { checkpointsOfRun } from './spectra/checkpointList';
import { checkpointMarkdown } from './spectra/markdown';
import { serveLiveSpectra } from './spectra/serveSpectra';
import { threadWorkshop } from './spectra/workshop';
import { toPath } from './uris';
import { tellForecast, tellWarnings } from './words';

const PANEL_REQUEST = new RequestType<protocol.PanelRequest['params'], Reply, void>(protocol.PANEL_REQUEST);

/** Error code of a fault that the user can act on; its data carry the `ErrorCode`. */
const USER_ERROR = -32000;

/** Wires the engine to a language-server connection and starts listening. */
export function serve(connection: Connection, engine: Engine): void {
  const documents: TextDocuments<SourceDocument> = new TextDocuments(sourceDocuments((cell) => notebooks.homeOf(cell)));
  const notebooks = new Notebooks(documents);
  const workshop = threadWorkshop(engine.host.fs);
  const analyses = new Analyses(workshop);
  const panels = new Panels(engine, analyses, (panel, name, body) => {
    void connection.sendNotification(protocol.PANEL_EVENT, {
      panel,
      name,
      body,
    } satisfies protocol.PanelEvent['params']);
  });
  const editor = serveEditor(connection, engine, documents);
  connection.onInitialize(({ capabilities }): InitializeResult => {
    editor.initialize(capabilities);
    return {
      capabilities: { textDocumentSync: TextDocumentSyncKind.Incremental, ...EDITOR_CAPABILITIES },
      serverInfo: { name: 'lossline' },
    };
  });
  serveRuns(connection, engine);
  serveLiveSpectra(connection, engine, analyses);
  connection.onRequest(protocol.SPECTRA_ANALYSE, ({ path }: protocol.SpectraAnalyse['params'], token) =>
    guarded(() => checkpointMarkdown(workshop, path, token)),
  );
  connection.onRequest(protocol.CHECKPOINTS_LIST, ({ run: id }: protocol.CheckpointsList['params']) =>
    guarded((): Promise<protocol.CheckpointsList['result']> => {
      const run = engine.run(id);
      if (run === undefined) throw new LosslineError('run.unknown', 'This run is not there any more.');
      return checkpointsOfRun(engine, run);
    }),
  );
  connection.onRequest(protocol.ACTIVATIONS_PLACE, ({ text, module }: protocol.ActivationsPlace['params']) => {
    const site = modelConstruction(text);
    return site === null ? null : { lines: attachingLines(text, site, module) };
  });
  connection.onRequest(PANEL_REQUEST, (request) => panels.request(request));
  connection.onNotification(protocol.PANEL_DID_HIDE, ({ panel, closed }: protocol.PanelDidHide['params']) =>
    panels.hide(panel, closed),
  );
  connection.onShutdown(() => engine.dispose());
  notebooks.listen(connection);
  documents.listen(connection);
  connection.listen();
}

function serveRuns(connection: Connection, engine: Engine): void {
  let roots: readonly ScanRoot[] = [];
  const summarize = (runs: readonly TrackedRun[]) => {
    const all = engine.runs();
    return runs.map((run) => summaryOf(run, engine.host.clock.now(), all));
  };
  const feed = new RunsFeed(engine, (params) => void connection.sendNotification(protocol.RUNS_DID_CHANGE, params));
  connection.onRequest(protocol.HELLO, (): protocol.Hello['result'] => ({ version: PROTOCOL_VERSION }));
  connection.onRequest(protocol.RUNS_SCAN, async (params: protocol.RunsScan['params']) => {
    roots = params.roots;
    const report = await guarded(() => engine.scan(params.roots, params.exclude));
    feed.start();
    return { found: report.logs.length, skipped: report.skipped, capped: report.capped };
  });
  connection.onRequest(protocol.RUNS_LIST, () => summarize(engine.runs()));
  connection.onRequest(protocol.RUNS_ADD, ({ path, secret }: protocol.RunsAdd['params']) =>
    guarded(async () => {
      const added = await engine.add(path, '', secret);
      return summarize(added);
    }),
  );
  connection.onRequest(protocol.SOURCES_HOSTS, (): protocol.SourcesHosts['result'] => userSshHosts());
  connection.onRequest(protocol.RUNS_REMOVE, ({ run }: protocol.RunsRemove['params']) => {
    engine.remove(run);
    return null;
  });
  connection.onRequest(protocol.WARNINGS_MUTE, ({ run, key, muted }: protocol.WarningsMute['params']) => {
    engine.setMuted(run, key, muted);
    return null;
  });
  connection.onRequest(protocol.RUN_RENAME, ({ run, name }: protocol.RunRename['params']) => {
    engine.setName(run, name);
    return null;
  });
  connection.onRequest(protocol.PLAN_SET, ({ run, facts }: protocol.PlanSet['params']) => {
    engine.setPlan(run, facts);
    return null;
  });
  connection.onRequest(protocol.FORMAT_PREVIEW, ({ file }: protocol.FormatPreviews['params']) =>
    guarded(() => engine.previewFormats(file)),
  );
  connection.onRequest(protocol.FORMAT_SET, ({ file, choice }: protocol.FormatSet['params']) =>
    guarded(async () => {
      await engine.setChoice(file, choice);
      return null;
    }),
  );
  serveForecasts(connection, engine);
  serveMemory(connection, engine);
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri, type } of changes) {
      const path = toPath(uri);
      const root = roots.find((candidate) => path?.startsWith(candidate.path));
      if (path !== undefined && root !== undefined && type !== FileChangeType.Deleted) void engine.notice(path, root);
    }
  });
}

/** Answers what a run will end like, in numbers, in words and as a report. */
function serveForecasts(connection: Connection, engine: Engine): void {
  connection.onRequest(protocol.FORECAST_PREDICT, ({ run: id }: protocol.ForecastPredict['params']) =>
    guarded(
      async (): Promise<protocol.ForecastPredict['result']> => {
        const forecast = await engine.predict(id);
        const run = engine.run(id)!;
        return {
          forecast,
          summary: summaryOf(run, engine.host.clock.now(), engine.runs()),
          missing: run.plan().missing,
        };
      },
      () => ({ missing: engine.run(id)?.plan().missing ?? [] }),
    ),
  );
  connection.onRequest(protocol.REPORT_MAKE, ({ run, format }: protocol.ReportMake['params']) =>
    guarded(async (): Promise<protocol.ReportMake['result']> => {
      const prediction = await predictRun(engine, run);
      const warnings = await explainedFindings(engine, engine.run(run)!);
      return { name: prediction.name, text: writtenReport(prediction, format, warnings) };
    }),
  );
  connection.onRequest(protocol.FORECAST_TELL, (params: protocol.ForecastTell['params']) =>
    guarded(() => tellForecast(engine, params)),
  );
  connection.onRequest(protocol.WARNINGS_TELL, (params: protocol.WarningsTell['params']) =>
    guarded(() => tellWarnings(engine, params)),
  );
}

/** Learns from finished runs as far as the user lets it, and tells what to keep. */
function serveMemory(connection: Connection, engine: Engine): void {
  const { memory } = engine;
  connection.onRequest(protocol.MEMORY_SET, ({ learns, runs, forgotten }: protocol.MemorySet['params']) => {
    memory.learns = learns;
    memory.restore(learns ? learntRunsFrom(runs) : [], forgotten);
    engine.refit();
    return null;
  });
  memory.onDidLearn((runs) => {
    void connection.sendNotification(protocol.MEMORY_DID_LEARN, { runs } satisfies protocol.MemoryDidLearn['params']);
  });
}

/** Turns faults that a user can act on into errors that keep their code on the wire, with `more` beside it. */
async function guarded<T>(work: () => Promise<T>, more: () => object = () => ({})): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LosslineError)
      throw new ResponseError(USER_ERROR, error.message, { ...error.toJSON(), ...more() });
    throw new ResponseError(USER_ERROR, messageOf(error), { code: 'internal' });
  }
}
