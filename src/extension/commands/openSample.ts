import type { Background } from '../background';
import type { RunPanels } from '../panels/runPanels';
import { copySample } from '../sample';

/** *Lossline: Open Sample Run*: a recorded real run that is replayed live. */
export async function openSample(background: Background, panels: RunPanels): Promise<void> {
  const replay = await copySample(background.context);
  const runs = await background.add(replay.log);
  const run = runs[0];
  if (run === undefined) return;
  panels.open(run.id);
  background.context.subscriptions.push(replay.play());
}
