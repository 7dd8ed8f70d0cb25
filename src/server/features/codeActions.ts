import { type CodeAction, CodeActionKind, type Diagnostic, type Range } from 'vscode-languageserver';
import type { Engine } from '../../core/engine/engine';
import { findings } from '../../core/hints/evaluate';
import type { HyperSetting } from '../../core/hints/finder';
import { detectorById } from '../../core/warnings/registry';
import { type CodeRun, runOfDocument } from '../hints/runOfDocument';
import type { SourceDocument } from '../hints/sourceDocument';
import { SOURCE } from './diagnostics';
import { rangeOf } from './ranges';

/** A number that is written out, not worked out from others: only that is replaced. */
const LITERAL = /^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Offers to set the value that a law gives, for the hyperparameters in `range` whose value lies off it. */
export function codeActionsOf(
  document: SourceDocument,
  range: Range,
  diagnostics: readonly Diagnostic[],
  engine: Engine,
): CodeAction[] {
  const { hints, text } = document;
  if (hints === undefined) return [];
  const code = runOfDocument(document, engine);
  const facts = code?.facts;
  const touched = hints.hyperparameters.filter(({ setting }) => {
    const { start, end } = rangeOf(document, setting.span);
    return start.line <= range.end.line && end.line >= range.start.line;
  });
  const fixes = touched.flatMap((at) => {
    if (!LITERAL.test(text.getText(rangeOf(document, at.setting.valueSpan)))) return [];
    return findings(hints.hint(at, facts)).flatMap(({ rule, finding }) => {
      const value = finding.suggestion?.value;
      if (value === undefined || (finding.verdict !== 'near' && finding.verdict !== 'outside')) return [];
      const written = literal(value, at);
      return [
        {
          title: `Set ${at.setting.name} to ${written} (${rule.title})`,
          kind: finding.verdict === 'outside' ? CodeActionKind.QuickFix : CodeActionKind.RefactorRewrite,
          diagnostics: diagnostics.filter(({ code }) => code === rule.id),
          edit: { changes: { [document.uri]: [{ range: rangeOf(document, at.setting.valueSpan), newText: written }] } },
        },
      ];
    });
  });
  return [...fixes, ...warningActions(document, touched, diagnostics, code)];
}

/** Warnings after which people lower the learning rate and go back to a checkpoint. */
const TOO_FAST = new Set(['divergence', 'divergenceAhead', 'gradientOutlier', 'lossSpike', 'nonFinite', 'sharpness']);

/** What can be done about a warning of the run from the line that it stands on: look at it, and half the rate. */
function warningActions(
  document: SourceDocument,
  touched: readonly HyperSetting[],
  diagnostics: readonly Diagnostic[],
  code: CodeRun | undefined,
): CodeAction[] {
  const about = diagnostics.filter((each) => each.source === SOURCE && detectorById(String(each.code)) !== undefined);
  if (code === undefined || about.length === 0) return [];
  const { run } = code;
  const common = { kind: CodeActionKind.QuickFix, diagnostics: about };
  const title = `Open the run ${run.name}`;
  const actions: CodeAction[] = [
    { ...common, title, command: { title, command: 'lossline.run.open', arguments: [run.id] } },
  ];
  const fast = about.filter((each) => TOO_FAST.has(String(each.code)));
  const rate = touched.find(({ id }) => id === 'learningRate');
  const range = rate === undefined ? undefined : rangeOf(document, rate.setting.valueSpan);
  if (fast.length === 0 || range === undefined || !LITERAL.test(document.text.getText(range))) return actions;
  const newText = literal((rate!.value as number) / 2, rate!);
  const edit = { changes: { [document.uri]: [{ range, newText }] } };
  return [...actions, { ...common, diagnostics: fast, title: `Halve ${rate!.setting.name} to ${newText}`, edit }];
}

/** A number as code: three digits, whole where the old value was whole. */
function literal(value: number, { value: old }: HyperSetting): string {
  if (typeof old === 'number' && Number.isInteger(old) && value >= 1) return String(Math.round(value));
  const size = Math.abs(value);
  if (size === 0) return '0.0';
  const rounded = Number(value.toPrecision(3));
  return size >= 1e-3 && size < 1e6 ? String(rounded) : rounded.toExponential().replace('e+', 'e');
}
