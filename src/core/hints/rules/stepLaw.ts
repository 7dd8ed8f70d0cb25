import { formatCompact, formatLr } from '../../report/numbers';
import { defineRule, verdictOfRatio } from '../rule';
import { STEP_LAW, stepLawDoubt, stepLawLr } from '../stepLawFit';

export const stepLaw = defineRule({
  ...STEP_LAW,
  id: 'stepLaw',
  title: 'Step Law: learning rate',
  on: ['learningRate'],
  needs: ['lr', 'parameters', 'tokens'],
  formula: 'η = 1.79 N^−0.713 D^0.307, N without embeddings',
  evaluate({ lr, parameters, tokens, optimizer, loraRank }) {
    if ((optimizer !== undefined && optimizer !== 'adam') || loraRank !== undefined) return null;
    const { value, band } = stepLawLr(parameters, tokens);
    return {
      verdict: verdictOfRatio(lr, value, 2, 5),
      summary: `${formatLr(value)} with the batch chosen along`,
      rows: [
        ['learning rate', `${formatLr(value)} (95 % of the fit: ${formatLr(band[0])} to ${formatLr(band[1])})`],
        ['parameters, tokens', `${formatCompact(parameters)}, ${formatCompact(tokens)}`],
      ],
      suggestion: { of: ['learningRate'], value, band },
      ...stepLawDoubt(parameters, tokens),
    };
  },
});
