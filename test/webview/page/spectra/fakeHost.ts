import type { Reply } from '../../../../src/protocol/channel';
import type { MatrixView } from '../../../../src/protocol/spectra';
import { event, lost, scenarioName as name, type Request, standIn } from '../host';
import type { RecordedSession, Recording } from './recording';
import { SCENARIOS } from './scenarios';

// Answers the spectra panel from what the product's own session said of a made training.
const loaded = fetch('/spectra.json').then(async (answer) => {
  const recording = (await answer.json()) as Recording;
  return SCENARIOS[name]?.(recording);
});

async function answer(request: Request): Promise<Reply | null> {
  const session = await loaded;
  if (name === 'loading') return null;
  return session === undefined ? lost('the folder') : { ok: answerOf(session, request) };
}

function answerOf(session: RecordedSession, { name: asked, body }: Request): unknown {
  switch (asked) {
    case 'view/open':
      return session.state;
    case 'spectra/matrix': {
      const { path, name: matrix } = body as Pick<MatrixView, 'path' | 'name'>;
      return session.matrices[`${path} ${matrix}`];
    }
    case 'spectra/compare':
      // The recording compares the first checkpoint with the last; the page is told so whichever it asked for.
      setTimeout(() => event('comparison/didChange', { ...session.comparison, ...(body as object) }));
      return null;
    case 'spectra/export':
      return { name: 'spectra.csv', content: 'a,b\n' };
    case 'host/save':
      return { saved: true };
    default:
      return null;
  }
}

standIn(answer);
