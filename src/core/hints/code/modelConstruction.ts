import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';
import { argumentsOf } from './pythonValue';

/** A line to be added to a text: it begins at offset `at`, which is the start of a line or the end of the text. */
export interface AddedLine {
  readonly at: number;
  readonly text: string;
}

/** Where a program makes its model, and what attaches something to it. */
export interface ModelSite {
  /** Expression of the model: `model`, `self.net`. */
  readonly model: string;
  /** Offset of its construction. */
  readonly from: number;
  /** Start of the line behind the construction, and what that line is indented by. */
  readonly at: number;
  readonly indent: string;
  /** Start of the line behind the last import at the top of the file. */
  readonly imports: number;
}

/** Names that hold a model, by the last word. */
const MODEL = /^(?:self\.)?(?:\w+_)?(?:model|net|network|transformer|policy)$/;

/** Calls that wrap or move what they are given, or are no model. */
const NO_CONSTRUCTION =
  /(?:^|\.)(?:compile|DDP|DistributedDataParallel|DataParallel|FSDP|FullyShardedDataParallel|fully_shard|prepare|initialize|to|cuda|half|bfloat16|float|train|eval|load|get|getattr|deepcopy|Path|str|int|dict)$/;

/** Statements that a construction in one of their branches stands for: what follows must see every branch. */
const BRANCHING = new Set(['IfStatement', 'TryStatement', 'WithStatement']);

/**
 * Where a Python text constructs its model: `model = GPT(config)`, `self.net = …from_pretrained(…)`; the last one counts, as the first may
 * be for one case of several. The place is behind all branches that construct it, and before the model is wrapped. Null when
 * there is none; text that cannot be parsed is skipped.
 */
export function modelConstruction(text: string): ModelSite | null {
  const tree = parser.parse(text);
  let found: { statement: SyntaxNode; model: string } | undefined;
  let lastImport: SyntaxNode | undefined;
  tree.iterate({
    enter: ({ node, name }) => {
      if (name === 'ImportStatement' && node.parent?.name === 'Script') lastImport = node.node;
      const model = name === 'AssignStatement' ? constructed(node.node, text) : undefined;
      if (model !== undefined) found = { statement: node.node, model };
    },
  });
  if (found === undefined) return null;
  const { model } = found;
  const outer = throughBranches(found.statement, text);
  return {
    model,
    from: found.statement.from,
    // A body ends with the blank lines behind it.
    at: nextLine(text, text.slice(0, outer.to).trimEnd().length),
    indent: indentOf(text, outer.from),
    imports: lastImport === undefined ? 0 : nextLine(text, lastImport.to),
  };
}

/** Name of the model that an assignment constructs. */
function constructed(statement: SyntaxNode, text: string): string | undefined {
  const target = statement.firstChild;
  const value = statement.lastChild;
  if (target === null || value?.name !== 'CallExpression') return undefined;
  const name = text.slice(target.from, target.to);
  const callee = text.slice(value.from, value.firstChild!.to);
  if (!MODEL.test(name) || NO_CONSTRUCTION.test(callee.replace(/\([\s\S]*\)/, '')) || callee.startsWith(`${name}.`)) {
    return undefined;
  }
  const isWrapped = argumentsOf(value.getChild('ArgList'), (from, to) => text.slice(from, to)).some(
    ({ value: given }) => text.slice(given.from, given.to) === name,
  );
  return isWrapped ? undefined : name;
}

/** The statement, or the outermost of those whose branches it is in; `if __name__ == "__main__"` is the program itself. */
function throughBranches(statement: SyntaxNode, text: string): SyntaxNode {
  let outer = statement;
  for (let up = outer.parent; up !== null; up = up.parent) {
    if (up.name === 'Body') continue;
    if (!BRANCHING.has(up.name) || text.slice(up.from, up.from + 40).includes('__name__')) break;
    outer = up;
  }
  return outer;
}

function nextLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

function indentOf(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, at))![0];
}

/**
 * The lines that make a program log its activations with `module`: its import and the call that attaches it. Empty when the text
 * names the module already.
 */
export function attachingLines(text: string, site: ModelSite, module: string): AddedLine[] {
  if (new RegExp(`\\b${module}\\b`).test(text)) return [];
  const line = text.includes('\r\n') ? '\r\n' : '\n';
  const lineAt = (at: number, content: string): AddedLine => {
    const isOpen = at === text.length && at > 0 && !text.endsWith('\n');
    return { at, text: `${isOpen ? line : ''}${content}${line}` };
  };
  const name = site.model.startsWith('self.') ? 'self.activations' : 'activations';
  const lines = [lineAt(site.at, `${site.indent}${name} = ${module}.attach(${site.model})`)];
  // An import below the place, in a function for instance, would come too late.
  return [lineAt(site.imports <= site.at ? site.imports : 0, `import ${module}`), ...lines];
}
