import { notebookCode } from './code/notebook';
import type { ImportedConstant, TextEdit } from './code/setting';
import { languageOfFile, type SourceLanguage, SourceText } from './code/source';
import { type Hint, hintFor } from './evaluate';
import { findHyperparameters, type HyperSetting } from './finder';
import type { RunFacts } from './inputs';

/** A place in a text: line and column from 0, columns in UTF-16 code units. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** What is asked of an open text, or of one cell of a notebook. */
export interface Hints {
  /** The hyperparameters that the text sets, in its order. */
  readonly hyperparameters: readonly HyperSetting[];
  /** Those of the whole program; of a notebook all cells are one. */
  readonly program: readonly HyperSetting[];
  /** The hyperparameter at an offset: the innermost of those around it. */
  at(offset: number): HyperSetting | undefined;
  /** What the rules say of one of the hyperparameters. */
  hint(at: HyperSetting, run?: RunFacts): Hint;
  /** Line and column of an offset. */
  position(offset: number): TextPosition;
}

/** One source file with its hyperparameters, kept up to date from edit to edit. */
export class HintDocument implements Hints {
  readonly #source: SourceText;
  #found: readonly HyperSetting[] | undefined;
  #lines: readonly number[] | undefined;

  /** `where` says where an offset is, in words; by default its line. */
  constructor(
    language: SourceLanguage,
    text: string,
    imported?: ImportedConstant,
    readonly where = (offset: number): string => `line ${this.position(offset).line + 1}`,
  ) {
    this.#source = new SourceText(language, text, imported);
  }

  /** A document for a file by its name; `undefined` for languages that are not read. Of a notebook its code cells count. */
  static ofFile(name: string, text: string): HintDocument | undefined {
    if (name.toLowerCase().endsWith('.ipynb')) return new HintDocument('python', notebookCode(text));
    const language = languageOfFile(name);
    return language === undefined ? undefined : new HintDocument(language, text);
  }

  get text(): string {
    return this.#source.text;
  }

  /** Takes over an edited text; `edits` in the order in which they were made. */
  change(text: string, edits: readonly TextEdit[]): void {
    this.#source.change(text, edits);
    this.#found = undefined;
    this.#lines = undefined;
  }

  /** The hyperparameters that the file sets, in the order of the text. */
  get hyperparameters(): readonly HyperSetting[] {
    this.#found ??= findHyperparameters(this.#source.facts);
    return this.#found;
  }

  get program(): readonly HyperSetting[] {
    return this.hyperparameters;
  }

  at(offset: number): HyperSetting | undefined {
    return this.hyperparameters
      .filter(({ setting }) => setting.span.from <= offset && offset <= setting.span.to)
      .sort((a, b) => length(a) - length(b))[0];
  }

  hint(at: HyperSetting, run?: RunFacts): Hint {
    return hintFor(at, this.hyperparameters, this.#source.facts, this.where, run);
  }

  /** Line and column of an offset; the end of the text for offsets beyond it. */
  position(offset: number): TextPosition {
    this.#lines ??= lineStarts(this.text);
    const starts = this.#lines;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: Math.min(offset, this.text.length) - starts[low]! };
  }
}

function length({ setting }: HyperSetting): number {
  return setting.span.to - setting.span.from;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
