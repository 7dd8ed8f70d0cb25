// Writes the generated parts of the documentation from the code. `--check` changes nothing and fails on a difference.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { NODE_BUNDLE } from './nodeBundle.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');

/** Each generated part: the page, the name between its marks, and the module and function that give its lines. */
const PARTS = [
  { page: 'docs/formats.md', mark: 'formats', source: 'src/core/formats/registry.ts', lines: formatRows },
  { page: 'docs/formats.md', mark: 'series', source: 'src/core/formats/keys.ts', lines: seriesRows },
];

function formatRows({ FORMATS }) {
  const rows = FORMATS.map(({ id, title, kind, refines, source }) => {
    const where = source.where === undefined ? '' : `, ${source.where}`;
    const link = source.id.startsWith('10.') ? `https://doi.org/${source.id}` : `https://github.com/${source.id}`;
    return [
      `\`${id}\``,
      title,
      kind,
      refines === undefined ? '' : `\`${refines}\``,
      `[${source.title}](${link})${where}`,
    ];
  });
  return table(['id', 'format', 'kind', 'refines', 'written by'], rows);
}

function seriesRows({ QUANTITIES }) {
  const rows = QUANTITIES.map(({ name, evaluated, unit, labels }) => {
    const names = evaluated === undefined ? `\`${name}\`` : `\`${name}\`, \`${evaluated}\``;
    return [names, unit, labels.map((label) => `\`${label}\``).join(' ')];
  });
  return table(['name', 'unit', 'labels'], rows);
}

/** Cells padded to the width of their column, as the formatter leaves them. */
function table(head, rows) {
  const widths = head.map((cell, c) => Math.max(3, cell.length, ...rows.map((row) => row[c].length)));
  const line = (cells) => `| ${cells.map((cell, c) => cell.padEnd(widths[c])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

async function load(source) {
  const built = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: [source],
    ...NODE_BUNDLE,
    write: false,
    format: 'esm',
  });
  return import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].contents).toString('base64')}`);
}

let stale = 0;
for (const { page, mark, source, lines } of PARTS) {
  const file = path.join(ROOT, page);
  const before = fs.readFileSync(file, 'utf8');
  const begin = `<!-- ${mark}:begin -->`;
  const end = `<!-- ${mark}:end -->`;
  const from = before.indexOf(begin);
  const to = before.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${page}: no marks ${begin} and ${end}`);
  const after = `${before.slice(0, from + begin.length)}\n${lines(await load(source)).join('\n')}\n${before.slice(to)}`;
  if (after === before) continue;
  stale++;
  console.log(`${page}: the part "${mark}" ${check ? 'is out of date: run `npm run docs`' : 'was written'}`);
  if (!check) fs.writeFileSync(file, after);
}
if (check && stale > 0) process.exitCode = 1;
