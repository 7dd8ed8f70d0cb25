import type { CancelSignal } from '../../cancel';
import { CancelledError } from '../../errors';
import { LineSplitter } from '../../formats/text/lines';
import { READ_CHUNK } from '../../limits';
import type { FileSystem } from '../../sources/fileSystem';
import type { ActivationReport } from './activationReport';
import { activationsOfRow, type RowContext } from './loggedRows';

/** What a log says of activations. */
export interface ActivationLog {
  /** In the order of the file. */
  readonly reports: readonly ActivationReport[];
  /** Places that could not be read. */
  readonly issues: readonly { readonly offset: number; readonly message: string }[];
}

/** Reports of one file; a run of a year that logs 100 layers every hour has 900 000. */
const MAX_REPORTS = 1_000_000;
const MAX_ISSUES = 20;

/** Eigenvalues that are kept for comparisons, the latest: 64 MB. */
const MAX_KEPT_VALUES = 8 * 1024 * 1024;

/** Bytes that show whether a file is about activations: a line with the eigenvalues of a wide layer. */
const PROBE = 1024 * 1024;

/** `Step 100: SE_post=2.0 PR_post=5.0`, and lines for groups of tokens below it: `TAIL (n=300): …`. */
const STEP_LINE = /^\s*Step\s+(\d+)\s*:/i;
const GROUP_LINE = /^\s*(HEAD|MID|TAIL)\s*\(n=(\d+)\)\s*:/;
const PAIR = /([A-Za-z]\w*)=([-+]?\d[\d.]*(?:e[-+]?\d+)?)/gi;

/** The layer whose log a file of the paper's tracker is. */
const LAYER_FILE = /layer_(\d+)_eigen/;

/**
 * Reads the activations of a log: lines of JSON or `Step N: name=value …`. Lines about other things are passed over, broken ones
 * become issues. Null when the beginning of the file holds no activation. Rejects as `fs` does, and with `CancelledError`.
 */
export async function readActivationLog(
  fs: FileSystem,
  path: string,
  signal?: CancelSignal,
): Promise<ActivationLog | null> {
  const reader = new LogReader(path, fs.basename(path));
  const { size } = (await fs.stat(path)) ?? { size: 0 };
  for (let offset = 0; offset < size && !reader.isFull; ) {
    if (signal?.aborted) throw new CancelledError();
    const bytes = await fs.read(path, offset, Math.min(READ_CHUNK, size - offset));
    if (bytes.length === 0) break;
    offset += bytes.length;
    reader.push(bytes);
    if (offset >= PROBE && reader.reports.length === 0) return null;
  }
  reader.end();
  return reader.reports.length === 0 ? null : reader;
}

class LogReader implements ActivationLog {
  readonly reports: ActivationReport[] = [];
  readonly issues: { offset: number; message: string }[] = [];
  readonly #decoder = new TextDecoder();
  readonly #lines = new LineSplitter((offset) => this.#issue(offset, 'a line of more than 4 MB'));
  #context: RowContext;
  #keptValues = 0;
  #firstKept = 0;

  constructor(file: string, name: string) {
    const layer = LAYER_FILE.exec(name)?.[1];
    this.#context = { file, step: null, layer: layer === undefined ? null : Number(layer), group: null, count: null };
  }

  get isFull(): boolean {
    return this.reports.length >= MAX_REPORTS;
  }

  push(bytes: Uint8Array): void {
    this.#lines.push(bytes, this.#line);
  }

  end(): void {
    this.#lines.flush(this.#line);
  }

  readonly #line = (bytes: Uint8Array, start: number, end: number, offset: number): void => {
    if (this.isFull) return;
    const text = this.#decoder.decode(bytes.subarray(start, end));
    const row = text.trimStart().startsWith('{') ? this.#parsed(text, offset) : this.#stated(text);
    if (row === null) return;
    for (const report of activationsOfRow(row.fields, row.context)) this.#keep(report);
  };

  #parsed(text: string, offset: number): { fields: object; context: RowContext } | null {
    const fields = jsonObject(text) ?? jsonObject(text.replace(/\b(NaN|-?Infinity)\b/g, 'null'));
    if (fields === null) this.#issue(offset, 'a line that is no JSON object');
    return fields === null ? null : { fields, context: this.#context };
  }

  /** A line of `name=value`; it may only say the step that lines below it belong to. */
  #stated(text: string): { fields: object; context: RowContext } | null {
    const step = STEP_LINE.exec(text)?.[1];
    if (step !== undefined) this.#context = { ...this.#context, step: Number(step) };
    const [, group, count] = GROUP_LINE.exec(text) ?? [];
    if (step === undefined && group === undefined) return null;
    const fields = Object.fromEntries([...text.matchAll(PAIR)].map(([, key, value]) => [key, Number(value)]));
    const ofGroup = group === undefined ? {} : { group: group.toLowerCase(), count: Number(count) };
    return { fields, context: { ...this.#context, ...ofGroup } };
  }

  /** Keeps a report, and lets the eigenvalues of the oldest ones go when there are too many. */
  #keep(report: ActivationReport): void {
    this.reports.push(report);
    this.#keptValues += report.eigenvalues?.length ?? 0;
    while (this.#keptValues > MAX_KEPT_VALUES && this.#firstKept < this.reports.length - 1) {
      const oldest = this.reports[this.#firstKept]!;
      this.#keptValues -= oldest.eigenvalues?.length ?? 0;
      this.reports[this.#firstKept++] = { ...oldest, eigenvalues: null };
    }
  }

  #issue(offset: number, message: string): void {
    if (this.issues.length < MAX_ISSUES) this.issues.push({ offset, message });
  }
}

function jsonObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
