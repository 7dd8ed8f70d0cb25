// From an opened folder to an answer: the run is found, drawn, followed live, predicted, and explained at its code line.
import {
  hoverWord,
  openContainer,
  openFile,
  runCommand,
  statusItem,
  treeItem,
  until,
} from '../../tools/realcode/code.mjs';
import { openRun, runPanel } from '../../tools/realcode/panel.mjs';

/** What is promised for a new log line, on a machine that has time. */
const TARGET_MS = 500;
const ROUNDS = 5;
const RECORDS = 3;

export default async function followRun({ page, workspace, step, shot }) {
  const panel = runPanel(page);
  let first;
  await step('the run is listed in the Runs view', async () => {
    await openContainer(page, 'Lossline');
    await treeItem(page, /metrics|baseline|live/i)
      .first()
      .waitFor();
  });
  await step('the status bar has an item', () =>
    statusItem(page, /Lossline|→/)
      .first()
      .waitFor(),
  );
  await step('the panel draws a forecast', async () => {
    await openRun(page);
    first = await panel.drawn();
    return `${first.points} points, final loss ${rounded(first.forecast)} at step ${first.forecastStep}`;
  });
  await shot('panel');
  await step('new log lines reach the panel', () => followed(panel, workspace));
  await step('the forecast moves with them', async () => {
    workspace.append(Math.ceil(workspace.rest.length / 2));
    const changed = await until('another forecast', async () => {
      const { forecast } = await panel.state();
      return forecast !== first.forecast && forecast;
    });
    return `${rounded(first.forecast)} → ${rounded(changed)}`;
  });
  await step('Predict Final Loss answers', () => predict(page));
  await shot('predicted');
  await step('the learning rate is explained where it is written', async () => {
    await openFile(page, 'train.py');
    const text = await hoverWord(page, 'learning_rate', /learning rate|lossline|run/i);
    return text.slice(0, 160);
  });
  await shot('hover');
}

/** Appends a few records at a time and measures until the panel counts them. */
async function followed(panel, workspace) {
  await panel.watch();
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = (await panel.state()).points;
    const at = workspace.append(RECORDS);
    const change = await until('more points', async () => {
      const changes = await panel.changes();
      return changes.find((each) => Number(each.points) > before);
    });
    times.push(change.at - at);
  }
  return `after ${times.join(', ')} ms (target ${TARGET_MS})`;
}

async function predict(page) {
  await runCommand(page, 'Lossline: Predict Final Loss');
  const toast = page.locator('.notification-list-item', { hasText: /\d\.\d/ }).first();
  await toast.waitFor();
  return (await toast.allInnerTexts()).join().replace(/\s+/g, ' ').slice(0, 200);
}

function rounded(loss) {
  return Number(loss).toFixed(4);
}
