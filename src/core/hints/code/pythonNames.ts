import type { PythonSetting } from './pythonSetting';
import type { ImportedConstant, SettingValue } from './setting';

/** Assignments of one name that are compared before it counts as ambiguous. */
const MAX_DEFINITIONS = 8;

/** The constants that the names of one Python file stand for, and the modules it imports. */
export class PythonNames {
  #definitions: ReadonlyMap<string, readonly PythonSetting[]> | undefined;
  readonly #imports = new Map<string, { readonly module: string; readonly name: string }>();
  readonly #values = new Map<string, SettingValue | undefined>();
  readonly #modules = new Set<string>();

  constructor(
    readonly settings: readonly PythonSetting[],
    readonly imported: ImportedConstant = () => undefined,
  ) {}

  /** Modules as written, in order. */
  get modules(): string[] {
    return [...this.#modules];
  }

  /** `import a.b as c`, `from a import b as c`. */
  import(source: string): void {
    const words = source
      .replace(/[()\\]|#.*/g, ' ')
      .split(/[\s,]+/)
      .filter(Boolean);
    const isFrom = words[0] === 'from';
    const at = isFrom ? words.indexOf('import') : 0;
    const module = isFrom ? words.slice(1, at).join('') : '';
    if (isFrom && module !== '') this.#modules.add(module);
    for (let i = at + 1; i < words.length; i++) {
      const name = words[i]!;
      const alias = words[i + 1] === 'as' ? words[i + 2]! : name;
      if (words[i + 1] === 'as') i += 2;
      if (isFrom) this.#imports.set(alias, { module, name });
      else this.#modules.add(name);
    }
  }

  /**
   * The constant that `name` stands for, in the whole file: `undefined` when nothing defines it, when its definitions
   * differ, or when it is defined by itself. A parameter that is passed on under its own name (`lr=lr`) is followed once.
   */
  readonly lookup = (name: string, isMember: boolean, depth: number): SettingValue | undefined => {
    if (this.#values.has(name)) return this.#values.get(name);
    this.#values.set(name, undefined);
    const value = this.#resolve(name, isMember, depth);
    this.#values.set(name, value);
    return value;
  };

  #resolve(name: string, isMember: boolean, depth: number): SettingValue | undefined {
    this.#definitions ??= definitionsIn(this.settings);
    const settings = this.#definitions.get(name);
    if (settings === undefined) {
      const from = isMember ? undefined : this.#imports.get(name);
      return from === undefined ? undefined : this.imported(from.module, from.name);
    }
    if (settings.length > MAX_DEFINITIONS) return undefined;
    const values = settings.filter(({ source }) => !isPassedOn(source, name)).map((setting) => setting.evaluate(depth));
    const first = values[0];
    return values.every((value) => same(value, first)) ? first : undefined;
  }
}

/** The settings that define each name: keywords and entries of dictionaries name nothing that code can refer to. */
function definitionsIn(settings: readonly PythonSetting[]): Map<string, PythonSetting[]> {
  const found = new Map<string, PythonSetting[]>();
  for (const setting of settings) {
    const { name, form, valueFrom, valueTo } = setting.written;
    if (form === 'key' || form === 'keyword' || valueFrom === valueTo) continue;
    const known = found.get(name);
    if (known === undefined) found.set(name, [setting]);
    else if (known.length <= MAX_DEFINITIONS) known.push(setting);
  }
  return found;
}

/** `self.lr = lr`, `lr = args.lr`: the same thing under the same name, no second definition. */
function isPassedOn(source: string, name: string): boolean {
  return source === name || (source.endsWith(`.${name}`) && /^[\w.]+$/.test(source));
}

function same(a: SettingValue | undefined, b: SettingValue | undefined): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && a.join() === b.join());
}
