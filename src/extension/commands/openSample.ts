import type { Background } from '../background';
import type { PanelSet } from '../panels/panelSet';
import type { RunPanel } from '../panels/runPanel';
import { copySample } from '../sample';

/** *Lossline: Open Sample Run*: a recorded real run that is replayed live. */
export async function openSample(background: Background, panels: PanelSet<RunPanel>): Promise<void> {
  const replay = await copySample(background.context);
  const runs = await background.add(replay.log);
  const run = runs[0];
  if (run === undefined) return;
  panels.open(run.id);
  background.context.subscriptions.push(replay.play());
}
