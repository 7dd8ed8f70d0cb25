import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { LosslineError } from '../../core/errors';
import type { Hint } from '../../core/hints/evaluate';
import { HintDocument } from '../../core/hints/hintDocument';
import { hintJson, hintLines } from '../../core/hints/render';
import { runFactsOf } from '../../core/hints/runFacts';
import { type AskedCommand, UsageError } from '../command';
import { commandEngine, readOneRun } from '../engine';

const USAGE = `lossline hints FILE… [--run PATH] [--json]

Says what the laws say of the hyperparameters that FILE sets: Python, YAML, JSON, TOML, shell script or notebook. Lines of a
notebook are counted over its code cells put together.
--run PATH   a run of this code: what it logged stands in for what the file does not say`;

/** Larger files are no source code. */
const MAX_BYTES = 8_000_000;

export const hints: AskedCommand = {
  summary: 'says what the laws say of the hyperparameters in a file',
  usage: USAGE,
  answer: async (argv, { pool }) => {
    const { files, runPath } = parse(argv);
    const engine = commandEngine(pool);
    try {
      const run = runPath === undefined ? undefined : runFactsOf(await readOneRun(engine, runPath));
      const found = files.flatMap((file) => {
        const document = read(file);
        return document.hyperparameters.map((at) => ({ file, document, hint: document.hint(at, run) }));
      });
      return {
        json: { hints: found.map(({ file, document, hint }) => ({ file, ...positioned(document, hint) })) },
        lines: found.length === 0 ? ['No hyperparameters found.'] : found.flatMap(textOf),
      };
    } finally {
      engine.dispose();
    }
  },
};

function parse(argv: readonly string[]): { files: string[]; runPath: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, run: { type: 'string' } },
    });
    if (positionals.length > 0) return { files: positionals, runPath: values.run };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
  throw new UsageError(`Name at least one file.\n\n${USAGE}`);
}

function read(file: string): HintDocument {
  let size: number;
  try {
    size = fs.statSync(file).size;
  } catch {
    throw new LosslineError('file.notFound', `${file} does not exist.`, file);
  }
  if (size > MAX_BYTES) throw new LosslineError('file.unreadable', `${file} is too large for source code.`, file);
  const text = fs.readFileSync(file, 'utf8');
  const document = HintDocument.ofFile(path.basename(file), text);
  if (document !== undefined) return document;
  throw new LosslineError(
    'file.unknownFormat',
    `${file} is no Python, YAML, JSON, TOML, shell or notebook file.`,
    file,
  );
}

function positioned(document: HintDocument, hint: Hint): Record<string, unknown> {
  const { span } = hint.at.setting;
  return { range: { start: document.position(span.from), end: document.position(span.to) }, ...hintJson(hint) };
}

function textOf({ file, document, hint }: { file: string; document: HintDocument; hint: Hint }): string[] {
  const lines = hintLines(hint);
  const { line } = document.position(hint.at.setting.span.from);
  return lines.length === 0 ? [] : [`${file}:${line + 1}  ${lines[0]}`, ...lines.slice(1)];
}
