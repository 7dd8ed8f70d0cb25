import type { ConfigValue } from '../../model';
import {
  NESTED_START,
  type NestedState,
  type OnSetting,
  readNested,
  readYaml,
  YAML_START,
  type YamlState,
} from './nested';

/** Lines in a row that look like YAML before they are taken for a printed configuration. */
const LEAST_YAML = 4;
/** A line that opens an object and leaves it open: `{`, `config: {`, `{'lr': 0.1,`. */
const OPENS = /^\s*\{|[:=]\s*\{\s*$|^\w*\(?\{\s*$/;
/** A line of YAML whose key is a name in a program: `lr: 0.1`, `optimizer:`. What loggers say has blanks and capitals. */
const YAML = /^\s*(?:- )?[a-z_][\w.-]*:(?:\s+\S+|\s+\[.*\]|\s+(["']).*\1)?\s*$/;

/** A configuration that is printed over several lines, as far as it has come; replaced, never changed. */
export interface HeaderBlock {
  readonly object: NestedState | null;
  readonly yaml: YamlState | null;
  /** Settings of the lines that looked like YAML so far. */
  readonly held: readonly (readonly [string, ConfigValue])[];
}

/** Outside of any. */
export const NO_BLOCK: HeaderBlock = { object: null, yaml: null, held: [] };

/**
 * Goes on with a dict, a JSON object or a YAML mapping that is printed over several lines, or begins one: `pprint`,
 * `json.dumps(indent=2)`, `yaml.dump`, `OmegaConf.to_yaml`. Its settings are told as they are read, those of YAML once there
 * are several lines of it.
 */
export function readHeaderBlock(text: string, block: HeaderBlock, onSetting: OnSetting): HeaderBlock {
  if (block.object !== null || OPENS.test(text)) {
    const from = block.object === null ? text.slice(text.indexOf('{')) : text;
    return { ...NO_BLOCK, object: readNested(from, block.object ?? NESTED_START, onSetting) };
  }
  if (!YAML.test(text)) return NO_BLOCK;
  const held: (readonly [string, ConfigValue])[] = [...block.held];
  const yaml = readYaml(text, block.yaml ?? YAML_START, (key, value) => held.push([key, value]));
  if (yaml === null || yaml.lines < LEAST_YAML) return { object: null, yaml, held };
  for (const [key, value] of held) onSetting(key, value);
  return { object: null, yaml, held: [] };
}
