import { TreeFragment } from '@lezer/common';
import { parser } from '@lezer/python';
import { PythonNames } from './pythonNames';
import { PythonSetting } from './pythonSetting';
import { PythonReader, type Statement } from './pythonStatement';
import type { ImportedConstant, NamedCall, SourceFacts, TextEdit } from './setting';

/** Texts whose statements are kept at a time: each of them stays in memory as long as one of its statements does. */
const MAX_TEXTS = 64;

/**
 * A Python text and what it sets: assignments, annotated fields, parameters with defaults, keyword arguments, dictionary
 * entries, options of argparse, click and absl, arguments that optimizers take by position. Text that cannot be parsed is
 * skipped, the rest is found. Names are followed within the file, and with `imported` across modules. An edit costs a
 * parse and a reading of the statements that it touched.
 */
export class PythonText {
  #text: string;
  #fragments: readonly TreeFragment[] = [];
  /** Errors of the tree that the fragments are of. */
  #errors = Number.POSITIVE_INFINITY;
  #facts: SourceFacts | undefined;
  #texts = 0;
  readonly #known = new Map<string, Statement>();

  constructor(
    text: string,
    readonly imported?: ImportedConstant,
  ) {
    this.#text = text;
  }

  /** The text after edits, which are given in the order in which they were made. */
  change(text: string, edits: readonly TextEdit[]): void {
    for (const { from, to, inserted } of edits) {
      const range = { fromA: from, toA: to, fromB: from, toB: from + inserted };
      this.#fragments = TreeFragment.applyChanges(this.#fragments, [range]);
    }
    this.#text = text;
    this.#facts = undefined;
  }

  /** What the text sets; worked out on the first call after a change. */
  get facts(): SourceFacts {
    this.#facts ??= this.#collect(this.#read());
    return this.#facts;
  }

  #read(): Statement {
    if (++this.#texts > MAX_TEXTS) {
      this.#known.clear();
      this.#texts = 1;
    }
    const tree = parser.parse(this.#text, this.#fragments);
    const all = new PythonReader(this.#text, tree, this.#known).read();
    // Half-typed code can turn all that follows into a part of it: what was clear before is what is built upon.
    if (all.errors <= this.#errors) {
      this.#fragments = TreeFragment.addTree(tree);
      this.#errors = all.errors;
    }
    return all;
  }

  #collect(all: Statement): SourceFacts {
    const settings: PythonSetting[] = [];
    const calls: NamedCall[] = [];
    const names = new PythonNames(settings, this.imported);
    const collect = (statement: Statement, at: number, outer: readonly string[]): void => {
      for (const value of statement.values) settings.push(new PythonSetting(value, statement, at, outer, names.lookup));
      for (const { callee, from, to } of statement.calls)
        calls.push({ callee, span: { from: at + from, to: at + to } });
      for (const source of statement.imports) names.import(source);
      for (const { offset, owners, statement: inner } of statement.inner)
        collect(inner, at + offset, owners.length === 0 ? outer : [...outer, ...owners]);
    };
    collect(all, 0, []);
    return { settings, calls, imports: names.modules };
  }
}
