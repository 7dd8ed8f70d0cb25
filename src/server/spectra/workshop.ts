import * as os from 'node:os';
import * as path from 'node:path';
import type { FileSystem } from '../../core/sources/fileSystem';
import { SpectraCache } from '../../core/spectra/spectraCache';
import { ThreadPool } from '../../node/threadPool';
import type { Workshop } from './analyses';

/** Bytes that all threads together keep of matrices. */
const BUDGET = 384 * 1024 * 1024;

/** Threads of one analysis: one core is left to the editor and to training. */
const THREADS = Math.max(1, Math.min(4, os.availableParallelism() - 1));

/** Where this process makes analyses; the threads have its low priority. */
export function threadWorkshop(fs: FileSystem): Workshop {
  const script = path.join(__dirname, 'worker.js');
  const makePool = (threads = THREADS): ThreadPool => new ThreadPool(script, threads);
  return { fs, budget: Math.floor(BUDGET / THREADS), makePool, cache: new SpectraCache(fs) };
}
