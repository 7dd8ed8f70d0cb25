import type { SyntaxNode, Tree } from '@lezer/common';
import { TreeFragment } from '@lezer/common';
import { parser } from '@lezer/python';
import { isNamedCall, MAY_NAME, parameterAt } from './callSignatures';
import { PythonNames } from './pythonNames';
import { type Argument, argumentsOf, constantOf, type Lookup, stringOf } from './pythonValue';
import type {
  ImportedConstant,
  NamedCall,
  Setting,
  SettingForm,
  SettingValue,
  SourceFacts,
  TextEdit,
  TextSpan,
} from './setting';

/** A parsed Python text, kept so that an edit costs only what it changed. */
export interface PythonTree {
  readonly tree: Tree;
  readonly fragments: readonly TreeFragment[];
}

/** Parses a text; after an edit give the tree from before and the edits, and what did not change is taken over. */
export function parsePython(text: string, before?: PythonTree, edits: readonly TextEdit[] = []): PythonTree {
  let fragments = before?.fragments ?? [];
  for (const { from, to, inserted } of edits) {
    const range = { fromA: from, toA: to, fromB: from, toB: from + inserted };
    fragments = TreeFragment.applyChanges(fragments, [range]);
  }
  const tree = parser.parse(text, fragments);
  return { tree, fragments: TreeFragment.addTree(tree) };
}

/**
 * What a Python text sets: assignments, annotated fields, parameters with defaults, keyword arguments, dictionary
 * entries, options of argparse, click and absl, arguments that optimizers take by position. Text that cannot be parsed
 * is skipped, the rest is found. Names are followed within the file, and with `imported` across modules.
 */
export function pythonFacts(text: string, { tree }: PythonTree, imported?: ImportedConstant): SourceFacts {
  return new Walk(text, imported).run(tree);
}

/** A named value as it was met. */
interface Found {
  readonly name: string;
  readonly owners: readonly string[];
  readonly form: SettingForm;
  readonly from: number;
  readonly value: SyntaxNode | null;
  readonly end: number;
}

/** A setting whose value is worked out when somebody asks: most names of a program are no hyperparameters. */
class PythonSetting implements Setting {
  readonly name: string;
  readonly owners: readonly string[];
  readonly form: SettingForm;
  readonly span: TextSpan;
  readonly valueSpan: TextSpan;
  readonly #value: () => SettingValue | undefined;

  constructor({ name, owners, form, from, value, end }: Found, text: string, lookup: Lookup) {
    this.name = name;
    this.owners = owners;
    this.form = form;
    this.valueSpan = value === null ? { from: end, to: end } : { from: value.from, to: value.to };
    this.span = { from, to: this.valueSpan.to };
    this.#value = () => (value === null ? undefined : constantOf(value, text, lookup));
  }

  get value(): SettingValue | undefined {
    return this.#value();
  }
}

class Walk {
  readonly #settings: Setting[] = [];
  readonly #calls: NamedCall[] = [];
  readonly #found: Found[] = [];
  readonly #names: PythonNames;
  #owners: readonly string[] = [];

  constructor(
    readonly text: string,
    imported: ImportedConstant | undefined,
  ) {
    this.#names = new PythonNames(text, imported);
  }

  run(tree: Tree): SourceFacts {
    const stack: (readonly string[])[] = [];
    tree.iterate({
      enter: (ref) => {
        const handler = this.#handlers[ref.type.id];
        if (handler !== undefined) {
          if (SKIPPABLE.has(ref.type.id) && !maySet(this.text.slice(ref.from, ref.to))) return false;
          stack.push(this.#owners);
          handler(ref.node);
        } else stack.push(this.#owners);
        return true;
      },
      leave: () => {
        this.#owners = stack.pop()!;
      },
    });
    for (const found of this.#found) this.#settings.push(new PythonSetting(found, this.text, this.#names.lookup));
    return { settings: this.#settings, calls: this.#calls, imports: this.#names.modules };
  }

  /** What to do with a node, by the number of its type. */
  readonly #handlers = byType({
    ImportStatement: (node) => this.#names.import(node),
    ClassDefinition: (node) => this.#own(this.#slice(node.getChild('VariableName'))),
    AssignStatement: (node) => this.#assignments(node),
    ParamList: (node) => this.#parameters(node),
    DictionaryExpression: (node) => this.#dictionary(node),
    CallExpression: (node) => this.#call(node),
    Decorator: (node) => this.#call(node),
  });

  #own(name: string): void {
    if (name !== '') this.#owners = [...this.#owners, name];
  }

  #add(name: string, form: SettingForm, from: number, value: SyntaxNode | null, end = value?.to ?? from): void {
    this.#found.push({ name, owners: this.#owners, form, from, value, end });
    if (value !== null && form !== 'key' && form !== 'keyword') this.#names.define(name, value);
  }

  /** `a = 1`, `a: float = 1`, `self.a = 1`, `a["b"] = 1`, `a, b = 1, 2`. */
  #assignments(node: SyntaxNode): void {
    const sides: SyntaxNode[][] = [[]];
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (child.name === 'AssignOp') sides.push([]);
      else if (child.name !== ',' && child.name !== 'TypeDef' && child.name !== 'Comment') sides.at(-1)!.push(child);
    }
    const values = (sides.pop() ?? []).filter((value) => !value.type.isError);
    if (sides.length === 0) return;
    for (const targets of sides) {
      for (const [index, target] of targets.entries()) {
        const name = this.#target(target);
        const value =
          targets.length === 1 && values.length === 1
            ? values[0]!
            : values.length === targets.length
              ? values[index]!
              : null;
        if (name !== undefined) this.#add(name, 'assignment', target.from, value, node.to);
      }
    }
    if (values.length === 1 && /^(Dictionary|Call)Expression$/.test(values[0]!.name) && sides[0]!.length === 1) {
      this.#own(this.#target(sides[0]![0]!) ?? '');
    }
  }

  #target(node: SyntaxNode): string | undefined {
    if (node.name === 'VariableName') return this.#slice(node);
    if (node.name !== 'MemberExpression') return undefined;
    const property = node.getChild('PropertyName');
    if (property !== null) return this.#slice(property);
    const key = node.getChild('String');
    return key === null ? undefined : stringOf(this.#slice(key));
  }

  #parameters(node: SyntaxNode): void {
    let name: SyntaxNode | undefined;
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (child.name === 'VariableName' && child.prevSibling?.name !== 'AssignOp') name = child;
      else if (child.prevSibling?.name === 'AssignOp' && name !== undefined && !child.type.isError) {
        this.#add(this.#slice(name), 'default', name.from, child);
        name = undefined;
      }
    }
  }

  #dictionary(node: SyntaxNode): void {
    const separator = node.prevSibling;
    const name = separator?.prevSibling ?? null;
    if (separator?.name === ':' && name?.name === 'String') this.#own(stringOf(this.#slice(name)) ?? '');
    if (separator?.name === 'AssignOp' && node.parent?.name === 'ArgList') this.#own(this.#slice(name));
    for (let key = node.firstChild; key !== null; key = key.nextSibling) {
      if (key.name !== 'String' || key.nextSibling?.name !== ':') continue;
      const value = key.nextSibling.nextSibling;
      const entry = stringOf(this.#slice(key));
      if (entry !== undefined && value !== null && !value.type.isError) this.#add(entry, 'key', key.from, value);
    }
  }

  #call(node: SyntaxNode): void {
    const list = node.getChild('ArgList');
    if (list === null) return;
    const callee = node.name === 'Decorator' ? this.text.slice(node.from + 1, list.from) : this.#slice(node.firstChild);
    const args = argumentsOf(list, this.text);
    const name = callee.slice(callee.lastIndexOf('.') + 1).trim();
    if (OPTION_CALLS.has(name)) {
      this.#option(name, args);
      return;
    }
    this.#own(callee);
    if (isNamedCall(callee)) this.#calls.push({ callee, span: { from: node.from, to: node.firstChild!.to } });
    for (const [position, { keyword, from, value }] of args.entries()) {
      const parameter = keyword ?? parameterAt(callee, position);
      if (parameter !== undefined && !value.type.isError) this.#add(parameter, 'keyword', from, value);
    }
  }

  /** `add_argument('--lr', default=3e-4)`, `@click.option('--lr', default=3e-4)`, `DEFINE_float('lr', 3e-4, 'help')`. */
  #option(call: string, args: readonly Argument[]): void {
    const names = args
      .filter(({ keyword, value }) => keyword === undefined && value.name === 'String')
      .map(({ value }) => ({ node: value, text: stringOf(this.#slice(value)) ?? '' }));
    const isFlagFile = call.startsWith('DEFINE');
    const long = isFlagFile ? names[0] : (names.find(({ text }) => text.startsWith('--')) ?? names[0]);
    const given = args.find(({ keyword }) => keyword === 'default')?.value ?? (isFlagFile ? args[1]?.value : undefined);
    if (long === undefined || given === undefined) return;
    const name = long.text.split('/')[0]!.replace(/^-+/, '').replaceAll('-', '_');
    if (/^\w+$/.test(name)) this.#add(name, 'default', long.node.from, given);
  }

  #slice(node: SyntaxNode | null): string {
    return node === null ? '' : this.text.slice(node.from, node.to);
  }
}

type Handler = (node: SyntaxNode) => void;

function byType(handlers: Readonly<Record<string, Handler>>): readonly (Handler | undefined)[] {
  return parser.nodeSet.types.map(({ name }) => (Object.hasOwn(handlers, name) ? handlers[name] : undefined));
}

/** Types of nodes that are left out, with all that is in them, when nothing in their text can set a value: most calls. */
const SKIPPABLE = new Set(
  parser.nodeSet.types.filter(({ name }) => name === 'CallExpression' || name === 'ParamList').map(({ id }) => id),
);

/** False for a text in which nothing is named: no keyword, no dictionary, no call whose positions have names. */
function maySet(text: string): boolean {
  return text.includes('=') || text.includes('{') || MAY_NAME.test(text);
}

const OPTION_CALLS = new Set([
  'add_argument',
  'option',
  'DEFINE_float',
  'DEFINE_integer',
  'DEFINE_string',
  'DEFINE_bool',
  'DEFINE_boolean',
]);
