import { citationUrl } from '../../core/citation';
import { findings, type Hint, type Input, type RuleResult } from '../../core/hints/evaluate';
import { hyperparameter } from '../../core/hints/hyperparameters';
import { FACT_WORDS, formatValue, MARK_WORDS, missingText, VERDICT_SIGNS } from '../../core/hints/render';
import type { Finding } from '../../core/hints/rule';
import { codeSpan, escapeMarkdown } from '../../core/report/markdownText';
import { formatCompact, formatLr } from '../../core/report/numbers';

/**
 * A hint as Markdown: the value and the most telling rule first, then a table of what each rule says, the inputs with
 * where they were found, what is missing, and the papers.
 */
export function hintMarkdown(hint: Hint): string {
  const said = findings(hint);
  const parts = [headline(hint, said[0]?.finding), table(said), details(said), silent(hint.results), papers(said)];
  return parts.filter((part) => part !== '').join('\n\n');
}

type Said = RuleResult & { readonly finding: Finding };

/** Rules that give a value each are named by their range: none of them speaks for all. */
function headline(hint: Hint, first: Finding | undefined): string {
  const { at } = hint;
  const value = at.value === undefined ? '' : ` = ${escapeMarkdown(formatValue(at.value))}`;
  const said = spreadText(hint) || first?.summary || '';
  return `**Lossline** · ${codeSpan(at.setting.name)}${value} (${hyperparameter(at.id).title})${said === '' ? '' : ` — ${escapeMarkdown(said)}`}`;
}

/** From the lowest to the highest value that rules give; empty when they give one or none. */
function spreadText({ spread }: Hint): string {
  if (spread === null || spread.low === spread.high) return '';
  return `${spread.rules} rules say ${formatLr(spread.low)} to ${formatLr(spread.high)}`;
}

function table(said: readonly Said[]): string {
  if (said.length === 0) return '';
  const rows = said.map(({ rule, finding }) => {
    const doubt = finding.outsideValidity === undefined ? '' : ` _(${escapeMarkdown(finding.outsideValidity)})_`;
    return `| ${VERDICT_SIGNS[finding.verdict]} | ${escapeMarkdown(rule.title)} | ${escapeMarkdown(finding.summary)}${doubt} |`;
  });
  return ['| | Rule | |', '|:-:|:--|:--|', ...rows].join('\n');
}

/** Numbers, formula and inputs of the most telling rule. */
function details(said: readonly Said[]): string {
  const first = said[0];
  if (first === undefined) return '';
  const { rule, finding, inputs } = first;
  const rows = finding.rows.map(([label, value]) => `- ${escapeMarkdown(label)}: ${escapeMarkdown(value)}`);
  const from = inputs.map(inputText).join('; ');
  return [
    `**${escapeMarkdown(rule.title)}**`,
    ...rows,
    `- formula: ${codeSpan(rule.formula)}`,
    `- measured for: ${escapeMarkdown(rule.validity)}`,
    `- how sure: ${MARK_WORDS[rule.mark]}`,
    `- from: ${from}`,
  ].join('\n');
}

function inputText({ name, fact }: Input): string {
  const value = typeof fact.value === 'number' ? formatCompact(fact.value) : String(fact.value);
  const shown = typeof fact.value === 'number' && Math.abs(fact.value) < 1 ? formatLr(fact.value) : value;
  const sign = fact.source === 'assumed' ? ', **assumed**' : '';
  return `${FACT_WORDS[name] ?? name} ${escapeMarkdown(shown)} (${escapeMarkdown(fact.where)}${sign})`;
}

function silent(results: readonly RuleResult[]): string {
  const texts = results.filter(({ finding }) => finding === null).map((result) => escapeMarkdown(missingText(result)));
  return texts.length === 0 ? '' : `_${texts.join('. ')}._`;
}

function papers(said: readonly Said[]): string {
  const cites = new Map(said.flatMap(({ rule }) => rule.cites.map((cite) => [cite.id, cite])));
  return [...cites.values()]
    .map((cite) => `[${escapeMarkdown(`${cite.authors} ${cite.year}`)}](${citationUrl(cite)})`)
    .join(' · ');
}
