import * as fs from 'node:fs';

/** Kinds of panel: each folder of `webview` with a `main.ts` is one. */
export const PANEL_KINDS = fs
  .readdirSync(new URL('../webview', import.meta.url))
  .filter((name) => fs.existsSync(new URL(`../webview/${name}/main.ts`, import.meta.url)));

/** What every bundle of panels has in common: ES modules that share their common code (Chart.js above all) in one chunk. */
export const PANEL_BUNDLE = {
  bundle: true,
  platform: 'browser',
  format: 'esm',
  target: 'es2022',
  splitting: true,
  chunkNames: 'shared-[hash]',
  legalComments: 'none',
  metafile: true,
  entryPoints: Object.fromEntries(PANEL_KINDS.map((kind) => [kind, `webview/${kind}/main.ts`])),
};
