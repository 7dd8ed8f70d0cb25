import { formatStep } from '../../report/numbers';
import { constant } from '../constants';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

export const lowPrecision = defineRule({
  id: 'lowPrecision',
  title: 'Number format',
  on: ['precision', 'fp16', 'bf16', 'fp8'],
  needs: ['precision'],
  formula:
    'fp16: loss scale halved more than once in 1000 steps is overflow; bf16 weights: updates below 2^−8 of a weight are lost; fp8: E4M3 ends at 448, E5M2 at 57344',
  validity: 'checks on what the run logs; a format alone is no fault',
  mark: 'derived',
  cites: [PAPERS.fp8Training, PAPERS.floatingPoint],
  about:
    'Each format fails in its own way: half precision overflows, bfloat16 weights stop moving when updates get small, 8-bit formats saturate.',
  evaluate({ precision }) {
    const note = (summary: string, rows: [string, string][]) => ({ verdict: 'note' as const, summary, rows });
    if (/fp8|e4m3|e5m2/.test(precision)) {
      return note('keep gradients in E5M2 or MXFP8 and watch for saturation', [
        ['largest E4M3', String(constant('e4m3Max'))],
        ['largest E5M2', formatStep(constant('e5m2Max'))],
      ]);
    }
    if (/bf16|bfloat16/.test(precision)) {
      const rows: [string, string][] = [['smallest relative update of a bf16 weight', '2^−8 = 0.0039']];
      const isPure = /^(?:torch\.)?bfloat16$/.test(precision) || /pure|true/.test(precision);
      return note(
        isPure
          ? 'if the weights themselves are bf16, small updates are rounded away: keep a 32-bit copy'
          : 'mixed: weights keep a 32-bit copy',
        rows,
      );
    }
    if (/16|half/.test(precision)) {
      return note('needs loss scaling; more than one halving in 1000 steps is overflow', [
        ['largest number', formatStep(65504)],
      ]);
    }
    return null;
  },
});
