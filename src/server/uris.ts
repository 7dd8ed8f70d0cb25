import { fileURLToPath } from 'node:url';

/** Local path of a `file:` URI; `undefined` for other schemes. */
export function toPath(uri: string): string | undefined {
  return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
}
