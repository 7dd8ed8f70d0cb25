import { checkpointReportMarkdown, tensorJson } from '../../core/spectra/report';
import { spectraCsv } from '../../core/spectra/tableText';
import type { FoundCheckpointView, SpectraExport } from '../../protocol/spectra';
import type { Analysis } from './analysis';
import { tensorView } from './views';

/** A checkpoint with what was measured of it. */
export interface Measured extends FoundCheckpointView {
  readonly analysis: Analysis;
}

/** A file with all that was measured: tables have every checkpoint, the report is of the one that is shown. */
export function exportOf(
  name: string,
  format: SpectraExport,
  shown: Analysis,
  measured: readonly Measured[],
): { name: string; content: string } {
  const stem = name.replace(/\.\w+$/, '');
  const checkpoints = measured.map(({ analysis, ...found }) => ({ ...found, tensors: [...analysis.tensors.values()] }));
  switch (format) {
    case 'csv':
      return { name: `${stem}-spectra.csv`, content: spectraCsv(checkpoints) };
    case 'json': {
      const plain = checkpoints.map((each) => ({ ...each, tensors: each.tensors.map(tensorJson) }));
      return { name: `${stem}-spectra.json`, content: JSON.stringify({ schema: 1, checkpoints: plain }, null, 1) };
    }
    case 'markdown':
      return { name: `${stem}-spectra.md`, content: checkpointReportMarkdown(name, reportOf(shown)) };
  }
}

/** The report so far; of an analysis that did not end, what it has found. */
function reportOf(analysis: Analysis): Parameters<typeof checkpointReportMarkdown>[1] {
  if (analysis.report !== null) return analysis.report;
  const tensors = [...analysis.tensors.values()];
  return {
    tensors,
    skipped: [],
    attention: { layers: [], reason: null },
    warnings: tensors.flatMap((report) => tensorView(report, analysis).findings),
    paramGroups: [],
    step: null,
  };
}
