import type { ConfigValue } from '../../model';
import { parseNumber } from '../text/number';
import { JsonScanner, TokenKind, textOf } from './scan';

/** Keys under which writers keep hyperparameters; the part before the first `/` of a path. */
export const CONFIG_PART =
  /^(?:config|cfg|args|arguments|hparams|hyperparameters|hyperparams|hyper_parameters|params)[/[]/;

/**
 * Reports the scalars of the JSON object at `start` as hyperparameters; nested keys are joined with `/`, a leading
 * `config/` or the like is left out. Returns false when the object is malformed: what stood before the fault was
 * reported.
 */
export function readConfig(
  bytes: Uint8Array,
  start: number,
  end: number,
  report: (key: string, value: ConfigValue) => void,
): boolean {
  return new JsonScanner().scan(bytes, start, end, (path, kind, from, to) => {
    report(path.replace(CONFIG_PART, ''), configValue(bytes, kind, from, to));
  });
}

/** Value of a scalar token. */
export function configValue(bytes: Uint8Array, kind: TokenKind, from: number, to: number): ConfigValue {
  if (kind === TokenKind.Text) return textOf(bytes, from, to);
  if (kind === TokenKind.Number) return parseNumber(bytes, from, to) ?? null;
  const first = bytes[from]! | 0x20;
  return first === 0x6e ? null : first === 0x74;
}
