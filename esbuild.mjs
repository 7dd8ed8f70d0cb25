// Builds every bundle of the product from one table. `--production` minifies, `--watch` rebuilds on change.
import * as fs from 'node:fs';
import * as esbuild from 'esbuild';
import { NODE_BUNDLE } from './tools/nodeBundle.mjs';
import { PANEL_BUNDLE } from './tools/panelBundle.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  target: 'node20',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};

/** Node bundles: each entry is one process or thread of the product. */
const node = {
  ...common,
  ...NODE_BUNDLE,
  format: 'cjs',
  outdir: 'dist',
  // The client is a bundle of its own, loaded with the first need.
  external: ['vscode', './client.js'],
  entryPoints: {
    extension: 'src/extension/main.ts',
    client: 'src/extension/client.ts',
    server: 'src/server/main.ts',
    worker: 'src/worker/main.ts',
    cli: 'src/cli/main.ts',
  },
};

const panels = {
  ...common,
  ...PANEL_BUNDLE,
  outdir: 'dist/webview',
  loader: { '.ttf': 'file' },
};

/** Texts of the licences of everything that was bundled, to travel with the bundles. */
function writeLicences(inputs) {
  const folders = new Set(inputs.flatMap((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(fs.readFileSync(`${folder}/package.json`, 'utf8'));
    const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? `Licence: ${license}` : fs.readFileSync(`${folder}/${file}`, 'utf8').trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  fs.writeFileSync('dist/licenses.txt', texts.join(`\n${'-'.repeat(80)}\n\n`));
}

async function build() {
  fs.rmSync('dist', { recursive: true, force: true });
  if (watch) {
    const contexts = await Promise.all([node, panels].map((options) => esbuild.context(options)));
    await Promise.all(contexts.map((context) => context.watch()));
    return;
  }
  const results = await Promise.all([node, panels].map((options) => esbuild.build(options)));
  writeLicences(results.flatMap(({ metafile }) => Object.keys(metafile.inputs)));
  for (const { metafile } of results) {
    for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
      if (/\.(js|css)$/.test(file)) console.log(`${file.padEnd(36)} ${(bytes / 1000).toFixed(1).padStart(8)} kB`);
    }
  }
}

await build();
