import { localNumbers } from '../../src/core/report/localNumbers';
import { language } from './l10n';

/** The number formats of `core/report` in the language of the editor. What is saved or copied as code keeps the plain ones. */
export const {
  formatLoss,
  formatChange,
  formatStep,
  formatCompact,
  formatBytes,
  formatLr,
  formatPercent,
  formatNumber,
  formatRelative,
  formatFixed,
  formatInterval,
  formatRange,
  intervalParts,
} = localNumbers(language);
