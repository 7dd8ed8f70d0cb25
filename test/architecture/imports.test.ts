import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';

/** Layer → what it may import: other layers of the project and packages. Anything else is a fault. */
const RULES: Readonly<Record<string, readonly string[]>> = {
  'src/core': [
    'src/core',
    'ml-matrix',
    'fzstd',
    'yaml',
    'jsonc-parser',
    'toml-eslint-parser',
    '@lezer/python',
    '@lezer/common',
    'kernels:',
  ],
  'src/kernels': ['src/kernels'],
  'src/protocol': ['src/protocol', 'src/core'],
  'src/node': ['src/node', 'src/core', 'src/worker/messages', 'node:'],
  'src/worker': ['src/worker', 'src/core', 'src/node/nodeFileSystem', 'node:'],
  'src/server': ['src/server', 'src/core', 'src/protocol', 'src/node', 'vscode-languageserver', 'node:'],
  'src/cli': ['src/cli', 'src/core', 'src/node', 'node:'],
  'src/extension': [
    'src/extension',
    'src/protocol',
    'src/core/model',
    'src/core/errors',
    'src/core/report',
    'src/core/sources/location',
    'vscode',
    'node:',
  ],
  webview: ['webview', 'src/protocol', 'src/core', 'chart.js'],
};

/** What a panel may use of the core at run time: formatting and pure data, never the engine. */
const PANEL_CORE = /^src\/core\/(report\/|errors|model|limits|cancel|forecast\/forecast|plan\/)/;

const root = process.cwd();

function sources(folder: string): string[] {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsOf(file: string): Import[] {
  const text = fs.readFileSync(path.join(root, file), 'utf8');
  const names = [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s+'([^']+)'|(?:^|\n)import\s+'([^']+)'/g),
  ];
  return names.map(([, from, bare]) => {
    const name = (from ?? bare)!;
    return {
      from: file,
      to: name.startsWith('.') ? path.posix.normalize(path.posix.join(path.posix.dirname(file), name)) : name,
    };
  });
}

const files = ['src', 'webview'].flatMap(sources);
const imports = files.flatMap(importsOf);

test('every layer imports only what it may', () => {
  const faults = imports.filter(({ from, to }) => {
    const layer = Object.keys(RULES).find((name) => from.startsWith(`${name}/`));
    return layer === undefined || !RULES[layer]!.some((allowed) => to === allowed || to.startsWith(allowed));
  });
  assert.deepEqual(faults, []);
});

test('panels use nothing of the core but shapes and formatting', () => {
  const faults = imports.filter(
    ({ from, to }) => from.startsWith('webview/') && to.startsWith('src/core') && !PANEL_CORE.test(to),
  );
  assert.deepEqual(faults, []);
});

test('formats and laws do not know each other, but for the one they refine', () => {
  const item = /^src\/core\/(formats|laws)\/[a-zA-Z]+$/;
  const shared = /\/(format|registry|detect|keys|law|prior|lrPath|annealingArea|annealedPower|rateDrops|adamwRate)$/;
  const refines = (file: string): string | undefined =>
    /refines: '(\w+)'/.exec(fs.readFileSync(path.join(root, file), 'utf8'))?.[1];
  const faults = imports.filter(({ from, to }) => {
    if (!item.test(from.replace(/\.ts$/, '')) || !item.test(to)) return false;
    return !shared.test(from.replace(/\.ts$/, '')) && !shared.test(to) && !to.endsWith(`/${refines(from)}`);
  });
  assert.deepEqual(faults, []);
});

test('no import cycle anywhere', () => {
  const graph = new Map(files.map((file) => [file.replace(/\.ts$/, ''), importsOf(file).map(({ to }) => to)]));
  const done = new Set<string>();
  const visit = (file: string, trail: string[]): string[] | undefined => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...trail, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) assert.equal(visit(file, [])?.join(' → '), undefined);
});

test('no file is longer than 500 lines', () => {
  const long = files.filter((file) => fs.readFileSync(path.join(root, file), 'utf8').split('\n').length > 500);
  assert.deepEqual(long, []);
});
