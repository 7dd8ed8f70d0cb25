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
  { page: 'docs/checkpoints.md', mark: 'formats', source: 'src/core/checkpoints/registry.ts', lines: checkpointRows },
  { page: 'docs/hints/README.md', mark: 'rules', source: 'src/core/hints/registry.ts', lines: ruleRows },
  { page: 'docs/hints/README.md', mark: 'constants', source: 'src/core/hints/constants.ts', lines: constantRows },
  { page: 'docs/hints/README.md', mark: 'names', source: 'src/core/hints/hyperparameters.ts', lines: nameRows },
  { page: 'docs/spectra.md', mark: 'measures', source: 'src/core/spectra/registry.ts', lines: measureRows },
  { page: 'docs/warnings.md', mark: 'warnings', source: 'src/core/warnings/registry.ts', lines: warningRows },
  { page: 'docs/warnings.md', mark: 'kinds', source: 'src/core/warnings/registry.ts', lines: warningTexts },
];

/** Where a paper, a book or a repository is found. */
function addressOf({ id }) {
  if (/^\d{4}\.\d{4,5}$/.test(id)) return `https://arxiv.org/abs/${id}`;
  return id.startsWith('10.') ? `https://doi.org/${id}` : `https://github.com/${id}`;
}

function warningRows({ DETECTORS }) {
  const rows = DETECTORS.map(({ id, title, concerns, source }) => [
    `\`${id}\``,
    title,
    concerns.map((name) => `\`${name}\``).join(', '),
    `[${source.authors} ${source.year}](${addressOf(source)})`,
  ]);
  return table(['kind', 'title', 'hyperparameters it may come from', 'source'], rows);
}

function warningTexts({ DETECTORS }) {
  return DETECTORS.flatMap(({ id, title, meaning, advice, source }) => [
    `### ${title}`,
    '',
    `\`${id}\`. ${meaning}`,
    '',
    `${advice}`,
    '',
    `[${source.title}](${addressOf(source)}), ${source.where}.`,
    '',
  ]);
}

function formatRows({ FORMATS }) {
  const rows = FORMATS.map(({ id, title, kind, refines, source }) => {
    const where = source.where === undefined ? '' : `, ${source.where}`;
    return [
      `\`${id}\``,
      title,
      kind,
      refines === undefined ? '' : `\`${refines}\``,
      `[${source.title}](${linkOf(source)})${where}`,
    ];
  });
  return table(['id', 'format', 'kind', 'refines', 'written by'], rows);
}

function checkpointRows({ CHECKPOINT_FORMATS }) {
  const rows = CHECKPOINT_FORMATS.map(({ id, title, files, source }) => [
    `\`${id}\``,
    title,
    files,
    `[${source.title}](https://github.com/${source.id}), ${source.where}`,
  ]);
  return table(['id', 'format', 'files', 'defined by'], rows);
}

function seriesRows({ QUANTITIES }) {
  const rows = QUANTITIES.map(({ name, evaluated, unit, labels }) => {
    const names = evaluated === undefined ? `\`${name}\`` : `\`${name}\`, \`${evaluated}\``;
    return [names, unit, labels.map((label) => `\`${label}\``).join(' ')];
  });
  return table(['name', 'unit', 'labels'], rows);
}

function ruleRows({ RULES }) {
  const rows = RULES.map(({ id, title, mark, cites }) => [`[${title}](${id}.md)`, mark, cites.map(paper).join(', ')]);
  return table(['rule', 'mark', 'papers'], rows);
}

function constantRows({ CONSTANTS }) {
  const rows = Object.values(CONSTANTS).map(({ value, what, mark, cite }) => [what, String(value), mark, paper(cite)]);
  return table(['constant', 'value', 'mark', 'paper'], rows);
}

function nameRows({ HYPERPARAMETERS }) {
  const words = (names) => names.map((name) => `\`${name}\``).join(' ');
  const rows = HYPERPARAMETERS.map(({ title, names, weakNames }) => [title, words(names), words(weakNames)]);
  return table(['hyperparameter', 'names', 'in files that train something'], rows);
}

/** The page of one rule, made whole from the rule. */
function rulePage({ title, about, formula, validity, mark, needs, cites }) {
  const sources = cites.map((cite) => `- ${cite.authors} (${cite.year}): [${cite.title}](${linkOf(cite)})`);
  return [
    `# ${title}`,
    '',
    about,
    '',
    `- **Formula:** ${formula}`,
    `- **Measured for:** ${validity}`,
    `- **How sure:** ${MARKS[mark]}`,
    `- **Needs:** ${needs.map((name) => `\`${name}\``).join(', ')}`,
    '',
    '## Sources',
    '',
    ...sources,
    '',
  ].join('\n');
}

const MARKS = {
  verified: 'read in the paper or its code',
  abstract: 'read in the abstract',
  recalled: 'constants not read again; take them as about right',
  derived: 'derived here',
};

function paper(cite) {
  return `[${cite.id}](${linkOf(cite)})`;
}

function linkOf({ id }) {
  if (/^\d{4}\.\d{4,5}$/.test(id)) return `https://arxiv.org/abs/${id}`;
  return id.startsWith('10.') ? `https://doi.org/${id}` : `https://github.com/${id}`;
}

function measureRows({ MEASURES }) {
  const rows = MEASURES.map(({ title, keys, formula, mark, source, validity }) => {
    const link = source === null ? '' : `[${source.title}](${linkOf(source)})`;
    return [title, keys.map((key) => `\`${key}\``).join(' '), formula, mark, link, validity];
  });
  return table(['measure', 'JSON', 'formula', 'mark', 'source', 'holds'], rows);
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
    target: 'node20',
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

const { RULES } = await load('src/core/hints/registry.ts');
for (const rule of RULES) {
  const file = path.join(ROOT, 'docs/hints', `${rule.id}.md`);
  const page = rulePage(rule);
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === page) continue;
  stale++;
  console.log(`docs/hints/${rule.id}.md ${check ? 'is out of date: run `npm run docs`' : 'was written'}`);
  if (!check) fs.writeFileSync(file, page);
}
if (check && stale > 0) process.exitCode = 1;
