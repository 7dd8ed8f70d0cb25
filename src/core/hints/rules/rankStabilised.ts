import { formatNumber } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Rank from which the difference between the two scalings is large. */
const LARGE = 32;

export const rankStabilised = defineRule({
  id: 'rankStabilised',
  title: 'Scale of LoRA',
  on: ['loraRank', 'loraAlpha'],
  needs: ['loraRank', 'loraAlpha'],
  formula: 'α / r as usual, α / √r when stabilised',
  validity: 'LoRA of any rank; the difference matters at large ranks',
  mark: 'recalled',
  cites: [PAPERS.rsLora],
  about:
    'The usual factor α/r makes large ranks learn ever more slowly. With α/√r the size of the update does not depend on the rank.',
  evaluate({ loraRank, loraAlpha }) {
    const scale = loraAlpha / loraRank;
    const stable = loraAlpha / Math.sqrt(loraRank);
    return {
      verdict: loraRank > LARGE && scale < 0.5 ? 'near' : 'note',
      summary: `scale ${formatNumber(scale, 3)}; stabilised it would be ${formatNumber(stable, 3)}`,
      rows: [
        ['α / r', formatNumber(scale, 3)],
        ['α / √r', formatNumber(stable, 3)],
      ],
    };
  },
});
