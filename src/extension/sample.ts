import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type * as vscode from 'vscode';

/** How the recorded run is replayed: `replay.json` of the sample. */
interface ReplayPlan {
  /** Log of the recorded run, relative to the sample. */
  readonly log: string;
  /** Share of the log that is there from the start. */
  readonly startFraction: number;
  /** Duration of the replay of the rest. */
  readonly seconds: number;
}

/** Milliseconds between two appends. */
const BEAT = 200;

/** A copy of the sample run, cut at its start fraction, ready to be played. */
export interface SampleReplay {
  /** Absolute path of the log that grows. */
  readonly log: string;
  /** Appends the rest of the log at a steady pace until it is complete or disposed. */
  play(): vscode.Disposable;
}

/** Copies the sample into the extension's storage and cuts its log. */
export async function copySample(context: vscode.ExtensionContext): Promise<SampleReplay> {
  const source = path.join(context.extensionPath, 'media', 'sample');
  const target = path.join(context.globalStorageUri.fsPath, 'sample');
  await fs.rm(target, { recursive: true, force: true });
  await fs.cp(source, target, { recursive: true });
  const plan = JSON.parse(await fs.readFile(path.join(source, 'replay.json'), 'utf8')) as ReplayPlan;
  const log = path.join(target, plan.log);
  const lines = (await fs.readFile(log, 'utf8')).split(/(?<=\n)/);
  let at = Math.floor(lines.length * plan.startFraction);
  await fs.writeFile(log, lines.slice(0, at).join(''));
  const play = (): vscode.Disposable => {
    const perBeat = ((lines.length - at) * BEAT) / (plan.seconds * 1000);
    let due = 0;
    const timer = setInterval(() => {
      due += perBeat;
      const count = Math.floor(due);
      due -= count;
      if (count > 0) void fs.appendFile(log, lines.slice(at, at + count).join('')).catch(() => clearInterval(timer));
      at += count;
      if (at >= lines.length) clearInterval(timer);
    }, BEAT);
    return { dispose: () => clearInterval(timer) };
  };
  return { log, play };
}
