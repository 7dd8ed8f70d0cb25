import * as fs from 'node:fs';
import * as path from 'node:path';

/** The version in the `package.json` above the bundle; `0.0.0` for a bundle that was taken out of its package. */
export function packageVersion(): string {
  try {
    const text = fs.readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    return '0.0.0';
  }
}
