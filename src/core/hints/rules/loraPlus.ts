import { formatNumber } from '../../report/numbers';
import { constant } from '../constants';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

export const loraPlus = defineRule({
  id: 'loraPlus',
  title: 'Learning rates of LoRA A and B',
  on: ['loraRank', 'loraAlpha', 'loraLrRatio'],
  needs: ['loraRank'],
  formula: 'η_B = r η_A with a ratio r of about 16',
  validity:
    'LoRA with B starting at zero; the ratio depends on the task, larger for harder ones, with η_A lowered about twofold',
  mark: 'verified',
  cites: [PAPERS.loraPlus],
  about:
    'A and B of LoRA want different learning rates, because one is wide at its input and the other at its output. One rate for both learns slower; the paper reports 1–2 % better results and up to twice the speed.',
  evaluate({ loraLrRatio }) {
    const usual = constant('loraPlusRatio');
    if (loraLrRatio === undefined || loraLrRatio === 1) {
      return {
        verdict: 'note',
        summary: `A and B share one learning rate; LoRA+ gives B about ${usual} times that of A`,
        rows: [['usual ratio', String(usual)]],
      };
    }
    return {
      verdict: loraLrRatio >= 1 ? 'inside' : 'outside',
      summary:
        loraLrRatio >= 1
          ? `ratio ${formatNumber(loraLrRatio)}, usual ${usual}`
          : 'the ratio should be at least 1: B learns faster than A',
      rows: [['usual ratio', String(usual)]],
      suggestion: { of: ['loraLrRatio'], value: usual },
    };
  },
});
