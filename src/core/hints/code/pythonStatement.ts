import type { Tree, TreeCursor } from '@lezer/common';
import { parser } from '@lezer/python';
import { isNamedCall, parameterAt } from './callSignatures';
import { stringOf } from './pythonValue';
import type { SettingForm } from './setting';

/** A named value as a statement writes it. Places count from the start of the statement, owners from what it stands in. */
export interface NamedValue {
  readonly name: string;
  readonly owners: readonly string[];
  readonly form: SettingForm;
  readonly from: number;
  /** Equal to `valueTo` when no value is written. */
  readonly valueFrom: number;
  readonly valueTo: number;
}

/** What one statement says by itself, wherever it stands: a function of its text. */
export interface Statement {
  readonly text: string;
  /** The tree in which its values are looked up, and where it stood there. */
  readonly tree: Tree;
  readonly at: number;
  readonly values: readonly NamedValue[];
  readonly calls: readonly { readonly callee: string; readonly from: number; readonly to: number }[];
  /** Import statements as written. */
  readonly imports: readonly string[];
  /** Places that the parser could not make sense of. */
  readonly errors: number;
  /** Statements in it that were read by themselves, where they start and what of this one owns them. */
  readonly inner: readonly {
    readonly offset: number;
    readonly owners: readonly string[];
    readonly statement: Statement;
  }[];
}

/** Statements that are longer are read as the statements in them, so that an edit costs one of those. UTF-16 code units. */
const LONG = 1000;
/** Levels of nesting that are followed. */
const MAX_DEPTH = 400;

/** One argument of a call or entry of a list of arguments, as the cursor passes it. */
interface Passed {
  readonly keyword: string | undefined;
  readonly from: number;
  readonly valueFrom: number;
  readonly valueTo: number;
  /** Name of the type of node that the value is. */
  readonly type: string;
}

type Draft = { -readonly [K in 'values' | 'calls' | 'imports' | 'inner']: Statement[K][number][] } & {
  at: number;
  errors: number;
};

/**
 * Reads the statements of a Python text. What was read of the same text before, as `known` has it, is taken over; what is
 * read anew is added there.
 */
export class PythonReader {
  readonly #cursor: TreeCursor;
  #draft: Draft = emptyDraft(0);
  #isLong = true;
  #depth = 0;

  constructor(
    readonly text: string,
    readonly tree: Tree,
    readonly known: Map<string, Statement>,
  ) {
    this.#cursor = tree.cursor();
  }

  /** The whole text as one statement that holds all others. */
  read(): Statement {
    this.#body([]);
    return this.#finished(this.text, this.#draft);
  }

  /** What to do with a node, by the number of its type; all others are passed through. */
  readonly #handlers = byType({
    Body: (owners) => this.#body(owners),
    ImportStatement: () => this.#draft.imports.push(this.#text()),
    ClassDefinition: (owners) => this.#children([...owners, this.#className()]),
    AssignStatement: (owners) => this.#assignment(owners),
    ParamList: (owners) => this.#parameters(owners),
    DictionaryExpression: (owners) => this.#dictionary(owners),
    CallExpression: (owners) => this.#call(owners, 0),
    Decorator: (owners) => this.#call(owners, 1),
  });

  #visit(owners: readonly string[]): void {
    const handler = this.#handlers[this.#cursor.type.id];
    if (handler === undefined) this.#children(owners);
    else handler(owners);
  }

  #children(owners: readonly string[]): void {
    this.#each(() => this.#visit(owners));
  }

  /** Calls `visit` at each child of the present node. */
  #each(visit: () => void): void {
    if (this.#depth === MAX_DEPTH || !this.#cursor.firstChild()) return;
    this.#depth++;
    do {
      if (this.#cursor.type.isError) this.#draft.errors++;
      visit();
    } while (this.#cursor.nextSibling());
    this.#depth--;
    this.#cursor.parent();
  }

  #body(owners: readonly string[]): void {
    this.#each(() => {
      if (this.#isLong && STATEMENTS.has(this.#cursor.type.id)) this.#inner(owners);
      else this.#visit(owners);
    });
  }

  #inner(owners: readonly string[]): void {
    const offset = this.#cursor.from - this.#draft.at;
    const statement = this.#statement();
    this.#draft.inner.push({ offset, owners, statement });
    this.#draft.errors += statement.errors;
  }

  #statement(): Statement {
    const text = this.#text();
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const outer = { draft: this.#draft, isLong: this.#isLong };
    this.#draft = emptyDraft(this.#cursor.from);
    this.#isLong = text.length > LONG;
    this.#visit([]);
    const statement = this.#finished(text, this.#draft);
    this.#draft = outer.draft;
    this.#isLong = outer.isLong;
    this.known.set(text, statement);
    return statement;
  }

  #finished(text: string, draft: Draft): Statement {
    return { text, tree: this.tree, ...draft };
  }

  #className(): string {
    let name = '';
    this.#each(() => {
      if (this.#cursor.name === 'VariableName') name = this.#text();
    });
    return name;
  }

  #add(name: string, owners: readonly string[], form: SettingForm, from: number, value: Passed | number): void {
    const { at, values } = this.#draft;
    const [start, end] = typeof value === 'number' ? [value, value] : [value.valueFrom, value.valueTo];
    values.push({ name, owners, form, from: from - at, valueFrom: start - at, valueTo: end - at });
  }

  /** `a = 1`, `a: float = 1`, `self.a = 1`, `a["b"] = 1`, `a, b = 1, 2`. */
  #assignment(owners: readonly string[]): void {
    const end = this.#cursor.to;
    const sides: Passed[][] = [[]];
    this.#each(() => {
      const { name, isError } = this.#cursor.type;
      if (name === 'AssignOp') sides.push([]);
      else if (!isError && name !== ',' && name !== 'TypeDef' && name !== 'Comment') sides.at(-1)!.push(this.#passed());
    });
    const values = sides.pop()!;
    const targets = sides.map((side) => side.map(({ from, valueTo }) => targetOf(this.text.slice(from, valueTo))));
    for (const [i, side] of sides.entries()) {
      for (const [j, target] of targets[i]!.entries()) {
        const value = side.length === values.length ? values[j]! : end;
        if (target !== undefined)
          this.#add(target.name, [...owners, ...target.owners], 'assignment', side[j]!.from, value);
      }
    }
    const isOwner = values.length === 1 && sides[0]?.length === 1 && OWNED.has(values[0]!.type);
    const owner = isOwner ? targets[0]![0] : undefined;
    this.#children(owner === undefined ? owners : [...owners, ...owner.owners, owner.name]);
  }

  #parameters(owners: readonly string[]): void {
    let name: { readonly text: string; readonly from: number } | undefined;
    let isValue = false;
    this.#each(() => {
      const { from, type } = this.#cursor;
      if (type.name === 'AssignOp') {
        isValue = true;
        return;
      }
      if (isValue && name !== undefined && !type.isError)
        this.#add(name.text, owners, 'default', name.from, this.#passed());
      else if (type.name === 'VariableName') name = { text: this.#text(), from };
      if (isValue) name = undefined;
      isValue = false;
      this.#visit(owners);
    });
  }

  #dictionary(owners: readonly string[]): void {
    let key: { readonly text: string | undefined; readonly from: number } | undefined;
    let isValue = false;
    this.#each(() => {
      const { name, from, type } = this.#cursor;
      if (name === ':') {
        isValue = true;
        return;
      }
      const entry = isValue ? key?.text : undefined;
      if (entry !== undefined && !type.isError) this.#add(entry, owners, 'key', key!.from, this.#passed());
      this.#visit(entry !== undefined && name === 'DictionaryExpression' ? [...owners, entry] : owners);
      key = !isValue && name === 'String' ? { text: stringOf(this.#text()), from } : undefined;
      isValue = false;
    });
  }

  /** A call, or a decorator, whose name begins `skip` signs after it. */
  #call(owners: readonly string[], skip: number): void {
    const start = this.#cursor.from + skip;
    let callee = '';
    this.#each(() => {
      if (this.#cursor.name !== 'ArgList') return this.#visit(owners);
      callee = this.text.slice(start, this.#cursor.from).trimEnd();
      this.#argumentsOf(callee, owners, start);
    });
  }

  #argumentsOf(callee: string, owners: readonly string[], start: number): void {
    const option = callee.slice(callee.lastIndexOf('.') + 1);
    if (OPTION_CALLS.has(option)) {
      this.#option(option, this.#arguments(owners), owners);
      return;
    }
    const inside = [...owners, callee];
    const { at, calls } = this.#draft;
    if (isNamedCall(callee)) calls.push({ callee, from: start - at, to: start + callee.length - at });
    for (const [position, argument] of this.#arguments(inside).entries()) {
      const parameter = argument.keyword ?? parameterAt(callee, position);
      if (parameter !== undefined && !this.#isSection(argument))
        this.#add(parameter, inside, 'keyword', argument.from, argument);
    }
  }

  /** `clip_grad={...}`, `clip_grad=dict(...)`: what is set stands inside. */
  #isSection({ type, valueFrom }: Passed): boolean {
    return type === 'DictionaryExpression' || (type === 'CallExpression' && this.text.startsWith('dict(', valueFrom));
  }

  /** The arguments of a call but for starred ones; what is in them belongs to `owners`. */
  #arguments(owners: readonly string[]): Passed[] {
    const passed: Passed[] = [];
    let keyword: { readonly text: string; readonly from: number } | undefined;
    let isStarred = false;
    this.#each(() => {
      const { name, isError } = this.#cursor.type;
      if (name === 'AssignOp') {
        // The name before it was taken for an argument: it is the keyword of the next one.
        const before = passed.pop();
        keyword = before && { text: this.text.slice(before.from, before.valueTo), from: before.from };
      } else if (name === '*' || name === '**') isStarred = true;
      else if (!PUNCTUATION.has(name)) {
        if (!isStarred && !isError) passed.push(this.#passed(keyword?.text, keyword?.from));
        const isNamed = keyword !== undefined && OWNED.has(name);
        this.#visit(isNamed ? [...owners, keyword!.text] : owners);
        keyword = undefined;
        isStarred = false;
      }
    });
    return passed;
  }

  /** `add_argument('--lr', default=3e-4)`, `@click.option('--lr', default=3e-4)`, `DEFINE_float('lr', 3e-4, 'help')`. */
  #option(call: string, args: readonly Passed[], owners: readonly string[]): void {
    const names = args
      .filter(({ keyword, type }) => keyword === undefined && type === 'String')
      .map(({ from, valueFrom, valueTo }) => ({ from, text: stringOf(this.text.slice(valueFrom, valueTo)) ?? '' }));
    const isFlagFile = call.startsWith('DEFINE');
    const long = isFlagFile ? names[0] : (names.find(({ text }) => text.startsWith('--')) ?? names[0]);
    const second = isFlagFile && args[1]?.keyword === undefined ? args[1] : undefined;
    const given = args.find(({ keyword }) => keyword === 'default') ?? second;
    if (long === undefined || given === undefined) return;
    const name = long.text.split('/')[0]!.replace(/^-+/, '').replaceAll('-', '_');
    if (/^\w+$/.test(name)) this.#add(name, owners, 'default', long.from, given);
  }

  #passed(keyword?: string, from = this.#cursor.from): Passed {
    const { type, from: valueFrom, to } = this.#cursor;
    return { keyword, from, valueFrom, valueTo: to, type: type.name };
  }

  #text(): string {
    return this.text.slice(this.#cursor.from, this.#cursor.to);
  }
}

type Handler = (owners: readonly string[]) => void;

function byType(handlers: Readonly<Record<string, Handler>>): readonly (Handler | undefined)[] {
  return parser.nodeSet.types.map(({ name }) => (Object.hasOwn(handlers, name) ? handlers[name] : undefined));
}

function emptyDraft(at: number): Draft {
  return { at, errors: 0, values: [], calls: [], imports: [], inner: [] };
}

const STATEMENTS = new Set(
  parser.nodeSet.types.filter(({ name }) => /(Statement|Definition)$/.test(name)).map(({ id }) => id),
);

const PUNCTUATION = new Set(['(', ')', ',', 'Comment']);

/** Values whose inside belongs to the name that they are given. */
const OWNED = new Set(['DictionaryExpression', 'CallExpression']);

/** What an assignment names: `a`, `self.a`, `config.model.a`, `a["b"]`; what stands between the first and the last part owns it. */
function targetOf(source: string): { readonly name: string; readonly owners: readonly string[] } | undefined {
  if (/^\w+$/.test(source)) return { name: source, owners: [] };
  if (!TARGET.test(source)) return undefined;
  const parts = source.split(/[.[\]'"]+/).filter((part) => part !== '');
  return { name: parts.at(-1)!, owners: parts.slice(1, -1) };
}

const TARGET = /^[^\W\d]\w*(?:\.\w+|\[(?:"[^"\]]+"|'[^'\]]+')\])*$/u;

const OPTION_CALLS = new Set([
  'add_argument',
  'option',
  'DEFINE_float',
  'DEFINE_integer',
  'DEFINE_string',
  'DEFINE_bool',
  'DEFINE_boolean',
  'DEFINE_enum',
]);
