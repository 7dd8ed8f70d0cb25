import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml';
import { numberOf } from './arithmetic';
import { NO_FACTS, type Setting, type SettingValue, type SourceFacts } from './setting';

/** Levels of nesting, and of references to references, that are followed. */
const MAX_DEPTH = 32;

/**
 * Entries of a YAML text. Anchors and merge keys are followed, and so are interpolations of Hydra and OmegaConf
 * (`${optimizer.lr}`, also relative ones such as `${..lr}`); what they refer to is the value of the entry. `1e-4`, which
 * YAML 1.2 readers of Python take for text, counts as the number that is meant.
 */
export function yamlFacts(text: string): SourceFacts {
  const settings = parseAllDocuments(text, { keepSourceTokens: false, uniqueKeys: false, logLevel: 'silent' }).flatMap(
    (document) => new YamlWalk(document as Document).run(),
  );
  return { ...NO_FACTS, settings };
}

class YamlWalk {
  readonly #settings: Setting[] = [];
  readonly #values = new Map<string, SettingValue | undefined>();

  constructor(readonly document: Document) {}

  run(): Setting[] {
    this.#collect(this.document.contents, []);
    return this.#settings.map((setting) => ({ ...setting, value: this.#resolve(setting.value, setting.owners, 0) }));
  }

  #collect(node: unknown, owners: readonly string[]): void {
    if (owners.length > MAX_DEPTH) return;
    if (isSeq(node)) for (const item of node.items) this.#collect(item, owners);
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      if (!isScalar(key) || !key.range || key.value === '<<') continue;
      const name = String(key.value);
      if (isMap(value)) {
        this.#collect(value, [...owners, name]);
        continue;
      }
      const range = isNode(value) ? value.range : undefined;
      const valueSpan = range ? { from: range[0], to: range[1] } : { from: key.range[1], to: key.range[1] };
      const plain = isNode(value) ? this.#valueOf(value) : undefined;
      this.#values.set([...owners, name].join('.'), plain);
      const span = { from: key.range[0], to: valueSpan.to };
      this.#settings.push({ name, owners, form: 'key', span, valueSpan, value: plain });
      if (isSeq(value)) this.#collect(value, [...owners, name]);
    }
  }

  #valueOf(node: Node): SettingValue | undefined {
    const target = isAlias(node) ? node.resolve(this.document) : node;
    if (isSeq(target)) {
      const numbers = target.items.map((item) => (isScalar(item) ? scalarValue(item.value) : undefined));
      return numbers.every((number) => typeof number === 'number') ? (numbers as number[]) : undefined;
    }
    return isScalar(target) ? scalarValue(target.value) : undefined;
  }

  #resolve(value: SettingValue | undefined, owners: readonly string[], depth: number): SettingValue | undefined {
    const reference = typeof value === 'string' ? /^\$\{\s*(\.*)([\w.]+)\s*\}$/.exec(value) : null;
    if (reference === null || depth > MAX_DEPTH) return value;
    const [, dots, path] = reference as unknown as [string, string, string];
    const base = dots === '' ? [] : owners.slice(0, owners.length - dots.length + 1);
    const parts = [...base, ...path.split('.')];
    return this.#resolve(this.#values.get(parts.join('.')), parts.slice(0, -1), depth + 1);
  }
}

function scalarValue(value: unknown): SettingValue | undefined {
  if (typeof value === 'string') return numberOf(value) ?? value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'boolean' || value === null ? value : undefined;
}
