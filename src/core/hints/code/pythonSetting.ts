import type { SyntaxNode, Tree } from '@lezer/common';
import type { NamedValue, Statement } from './pythonStatement';
import { constantOf, type Lookup } from './pythonValue';
import type { Setting, SettingForm, SettingValue, TextSpan } from './setting';

/** A setting whose value is worked out when somebody asks: most names of a program are no hyperparameters. */
export class PythonSetting implements Setting {
  constructor(
    readonly written: NamedValue,
    readonly statement: Statement,
    readonly at: number,
    readonly outer: readonly string[],
    readonly lookup: Lookup,
  ) {}

  get name(): string {
    return this.written.name;
  }

  get owners(): readonly string[] {
    const { owners } = this.written;
    return this.outer.length === 0 ? owners : [...this.outer, ...owners];
  }

  get form(): SettingForm {
    return this.written.form;
  }

  get span(): TextSpan {
    return { from: this.at + this.written.from, to: this.at + this.written.valueTo };
  }

  get valueSpan(): TextSpan {
    return { from: this.at + this.written.valueFrom, to: this.at + this.written.valueTo };
  }

  /** The source of the value, empty when none is written. */
  get source(): string {
    return this.statement.text.slice(this.written.valueFrom, this.written.valueTo);
  }

  get value(): SettingValue | undefined {
    return this.evaluate(0);
  }

  /** The value worked out with the constants that names stand for. `depth`: names that were followed to come here. */
  evaluate(depth: number): SettingValue | undefined {
    const { statement, written } = this;
    if (written.valueFrom === written.valueTo) return undefined;
    const node = nodeAt(statement.tree, statement.at + written.valueFrom, statement.at + written.valueTo);
    const read = (from: number, to: number): string => statement.text.slice(from - statement.at, to - statement.at);
    return constantOf(node, read, this.lookup, depth);
  }
}

/** The innermost node from `from` to `to`. */
function nodeAt(tree: Tree, from: number, to: number): SyntaxNode {
  let node = tree.resolveInner(from, 1);
  while (node.to < to && node.parent !== null) node = node.parent;
  return node;
}
