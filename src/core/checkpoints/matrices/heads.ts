import type { FileSystem } from '../../sources/fileSystem';
import type { Heads } from '../checkpoint';

const QUERY_HEADS = ['num_attention_heads', 'n_head', 'n_heads', 'num_heads'];
const KEY_HEADS = ['num_query_groups', 'num_key_value_heads', 'n_kv_heads', 'n_kv_head', 'num_kv_heads'];

/** Descriptions of models that Hugging Face and Meta keep beside the weights. */
const DESCRIPTIONS = ['config.json', 'params.json'];
const MAX_DESCRIPTION = 1024 * 1024;

/** The heads that settings name; undefined when they name none. */
export function headsIn(setting: (key: string) => unknown): Heads | undefined {
  const named = (keys: readonly string[]): number | undefined =>
    keys.map(setting).find((value): value is number => Number.isSafeInteger(value) && (value as number) > 0);
  const query = named(QUERY_HEADS);
  return query === undefined ? undefined : { query, key: named(KEY_HEADS) ?? query };
}

/** The heads that a description in `folder` names; undefined when there is none that can be read. */
export async function headsBeside(fs: FileSystem, folder: string): Promise<Heads | undefined> {
  for (const name of DESCRIPTIONS) {
    const path = fs.join(folder, name);
    const stat = await fs.stat(path).catch(() => undefined);
    if (stat === undefined || stat.isDirectory || stat.size > MAX_DESCRIPTION) continue;
    const bytes = await fs.read(path, 0, stat.size).catch(() => undefined);
    const setting = settingsIn(new TextDecoder().decode(bytes));
    const heads = headsIn(setting);
    // Gemma keeps the gains of its norms less one.
    if (heads !== undefined) return /^gemma/.test(String(setting('model_type'))) ? { ...heads, gainOffset: 1 } : heads;
  }
  return undefined;
}

function settingsIn(text: string): (key: string) => unknown {
  try {
    const settings: unknown = JSON.parse(text);
    if (typeof settings !== 'object' || settings === null) return () => undefined;
    return (key) => (Object.hasOwn(settings, key) ? (settings as Record<string, unknown>)[key] : undefined);
  } catch {
    return () => undefined;
  }
}
