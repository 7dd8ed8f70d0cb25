import type { ConfigValue } from '../model';
import { CONFIG_KEYS, type ConfigMeaning } from './configKeys';

/** A configuration entry with a meaning. */
export interface ConfigHit {
  /** The key as logged. */
  readonly key: string;
  readonly value: ConfigValue;
}

/** A length with its unit. Composer and OLMo write `100ba`, `2e12tok`, `0.1dur`, `3ep`; a bare number has the unit of its key. */
export interface Quantity {
  readonly value: number;
  readonly unit: 'steps' | 'tokens' | 'samples' | 'epochs' | 'share' | null;
}

const SUFFIXES: Readonly<Record<string, Quantity['unit']>> = {
  ba: 'steps',
  it: 'steps',
  steps: 'steps',
  tok: 'tokens',
  t: 'tokens',
  sp: 'samples',
  ep: 'epochs',
  dur: 'share',
};

/** Looks configuration entries up by what they mean. */
export class ConfigReader {
  readonly #byName = new Map<string, ConfigHit[]>();

  constructor(entries: ReadonlyMap<string, ConfigValue>) {
    for (const [key, value] of entries) {
      this.#add(key, value);
      if (typeof value === 'string' && value.startsWith('{')) this.#addDictionary(key, value);
    }
  }

  /** First entry with this meaning whose value `accepts`; `undefined` without one. */
  find(meaning: ConfigMeaning, accepts: (value: ConfigValue) => boolean): ConfigHit | undefined {
    for (const name of CONFIG_KEYS[meaning]) {
      const hit = this.#byName.get(name)?.find((entry) => accepts(entry.value));
      if (hit !== undefined) return hit;
    }
    return undefined;
  }

  /** First positive number with this meaning. */
  number(meaning: ConfigMeaning): { readonly key: string; readonly value: number } | undefined {
    const hit = this.find(meaning, (value) => (quantityOf(value)?.value ?? 0) > 0);
    return hit === undefined ? undefined : { key: hit.key, value: quantityOf(hit.value)!.value };
  }

  #add(key: string, value: ConfigValue): void {
    const parts = key
      .replace(/^-+/, '')
      .split(/[/.]|::/)
      .map((part) =>
        part
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, '_')
          .replace(/^_+|_+$/g, ''),
      )
      .filter((part) => part !== '');
    const last = parts.at(-1);
    if (last === undefined) return;
    this.#index(last, { key, value });
    this.#index(`${parts.at(-2) ?? ''}.${last}`, { key, value });
  }

  /** Entries of a dictionary printed as text: `{'min_lr': 1e-5, "num_decay_steps": 200}`. */
  #addDictionary(key: string, text: string): void {
    for (const match of text.matchAll(/['"]?([A-Za-z_][\w-]*)['"]?\s*:\s*(?:['"]([^'"]*)['"]|([^,{}'"\s]+))/g)) {
      this.#add(`${key}.${match[1]}`, match[2] ?? match[3] ?? null);
    }
  }

  #index(name: string, hit: ConfigHit): void {
    const hits = this.#byName.get(name);
    if (hits === undefined) this.#byName.set(name, [hit]);
    else hits.push(hit);
  }
}

/**
 * The number in a configuration value, with its unit: `3e-4`, `"6,000"`, `"[0.0006]"`, `"100ba"`, `10_000`. `undefined` for
 * anything else, booleans and non-finite numbers included. Of a list the first number counts.
 */
export function quantityOf(value: ConfigValue): Quantity | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? { value, unit: null } : undefined;
  if (typeof value !== 'string') return undefined;
  const match = /^[[(]?\s*([-+]?(?:\d[\d,_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([a-z]*)/i.exec(value.trim());
  if (match === null) return undefined;
  const isGrouped = /^[-+]?\d{1,3}([,_]\d{3})+(?:\.\d*)?$/.test(match[1]!);
  const digits = isGrouped ? match[1]!.replace(/[,_]/g, '') : match[1]!.replace(/_/g, '').replace(/,.*/, '');
  const number = Number(digits);
  const suffix = match[2]!.toLowerCase();
  if (!Number.isFinite(number) || (suffix !== '' && !(suffix in SUFFIXES))) return undefined;
  return { value: number, unit: SUFFIXES[suffix] ?? null };
}

/** The numbers of a list printed as text: `[60000, 80000]`, `(60000, 80000)`, `60000 80000`. */
export function numbersOf(value: ConfigValue): number[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [value] : [];
  if (typeof value !== 'string') return [];
  return value
    .replace(/[[\](){}]/g, ' ')
    .split(/[\s,;]+/)
    .filter((word) => word !== '')
    .map(Number)
    .filter(Number.isFinite);
}
