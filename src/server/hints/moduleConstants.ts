import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ImportedConstant, Setting } from '../../core/hints/code/setting';
import { SourceText } from '../../core/hints/code/source';

/** Larger modules hold no settings. Bytes. */
const MAX_BYTES = 300_000;
/** Folders above the file that a module is looked for in. */
const MAX_FOLDERS = 6;
/** Modules that are kept. */
const MAX_MODULES = 200;

const kept = new Map<string, { readonly changed: number; readonly settings: readonly Setting[] }>();

/**
 * Looks up constants of the modules that a Python file imports, beside it and in the folders above. A module is read once
 * until it changes; its own imports are not followed. `undefined` for what is no file.
 */
export function moduleConstants(file: string | undefined): ImportedConstant | undefined {
  if (file === undefined) return undefined;
  return (module, name) => {
    const found = fileOfModule(file, module);
    const settings = found === undefined ? [] : settingsOf(found);
    return settings.findLast((setting) => setting.name === name && setting.owners.length === 0)?.value;
  };
}

function fileOfModule(file: string, module: string): string | undefined {
  const dots = /^\.*/.exec(module)![0].length;
  const parts = module.slice(dots).split('.');
  if (!parts.every((part) => /^\w+$/.test(part))) return undefined;
  let folder = path.dirname(file);
  for (let up = 1; up < dots; up++) folder = path.dirname(folder);
  for (let tries = 0; tries < (dots > 0 ? 1 : MAX_FOLDERS); tries++) {
    const candidate = path.join(folder, ...parts);
    for (const target of [`${candidate}.py`, path.join(candidate, '__init__.py')])
      if (fs.existsSync(target)) return target;
    if (path.dirname(folder) === folder) return undefined;
    folder = path.dirname(folder);
  }
  return undefined;
}

function settingsOf(file: string): readonly Setting[] {
  try {
    const { mtimeMs, size } = fs.statSync(file);
    const known = kept.get(file);
    if (known?.changed === mtimeMs) return known.settings;
    if (size > MAX_BYTES) return [];
    const { settings } = new SourceText('python', fs.readFileSync(file, 'utf8')).facts;
    if (kept.size >= MAX_MODULES) kept.clear();
    kept.set(file, { changed: mtimeMs, settings });
    return settings;
  } catch {
    // Gone between the look and the read: the constant is not known.
    return [];
  }
}
