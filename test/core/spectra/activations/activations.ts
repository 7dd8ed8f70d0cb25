import type { JobPool } from '../../../../src/core/engine/jobs';
import { runJob } from '../../../../src/core/engine/runJob';
import type { FileSystem } from '../../../../src/core/sources/fileSystem';
import {
  type ActivationOptions,
  type ActivationsReport,
  analyseActivations,
} from '../../../../src/core/spectra/activations/analyseActivations';
import { MemoryFileSystem } from '../../../lib/memoryFileSystem';

/** Runs jobs in place. */
export function poolOf(fs: FileSystem): JobPool {
  return { run: (name, input) => runJob(name, input, fs), dispose: () => undefined };
}

/** The report of one file in memory. */
export async function analysed(
  name: string,
  content: string | Uint8Array,
  options: ActivationOptions = {},
): Promise<ActivationsReport | null> {
  const fs = new MemoryFileSystem();
  fs.write(`/run/${name}`, content);
  return analyseActivations(fs, poolOf(fs), `/run/${name}`, options);
}
