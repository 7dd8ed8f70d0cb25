import type { Connection } from 'vscode-languageserver';
import type { Engine } from '../../core/engine/engine';
import { SpectraWatch } from '../../core/engine/spectraWatch';
import { DiskStore } from '../../node/diskStore';
import * as protocol from '../../protocol/server';
import type { Analyses } from './analyses';

/** Bytes of measures that are kept on disk: those of some ten thousand matrices. */
const MAX_KEPT = 128 * 1024 * 1024;

/** Measures new checkpoints of live runs when the host says so, with one thread, and keeps measures where it says. Panels are told. */
export function serveLiveSpectra(connection: Connection, engine: Engine, analyses: Analyses): void {
  const { budget, cache, makePool } = analyses.workshop;
  const onMeasured = (path: string): void => analyses.noticeMeasured(path);
  const watch = new SpectraWatch(engine, { budget, cache, makePool: () => makePool(1), onMeasured });
  connection.onRequest(protocol.SPECTRA_SETTINGS, ({ live, folder }: protocol.SpectraSettings['params']) => {
    cache.store = folder === null ? null : new DiskStore(folder, MAX_KEPT);
    watch.enabled = live;
    return null;
  });
  connection.onShutdown(() => watch.dispose());
}
