// Replays a recorded log: the first part is there at once, the rest arrives line by line as if the run were live.
import * as fs from 'node:fs';
import * as path from 'node:path';

const TICK_MS = 200;
const PLAN_FILE = 'replay.json';

/**
 * Copies a recorded workspace to `target` and cuts its log to the part that is seen at the start.
 * `replay.json` beside it names the log, `startFraction` and the `seconds` that the rest takes.
 */
export function prepareReplay(source, target) {
  const plan = JSON.parse(fs.readFileSync(path.join(source, PLAN_FILE), 'utf8'));
  fs.cpSync(source, target, { recursive: true, filter: (file) => path.basename(file) !== PLAN_FILE });
  const log = path.join(target, plan.log);
  const lines = fs.readFileSync(log, 'utf8').split(/(?<=\n)/);
  const seen = Math.ceil(lines.length * plan.startFraction);
  fs.writeFileSync(log, lines.slice(0, seen).join(''));
  return { log, rest: lines.slice(seen), seconds: plan.seconds };
}

/** Appends `rest` to `log` at a steady pace over `seconds`; `done` resolves with true unless it was stopped. */
export function startReplay({ log, rest, seconds }) {
  const started = performance.now();
  let written = 0;
  let finish;
  const done = new Promise((resolve) => {
    finish = resolve;
  });
  const timer = setInterval(() => {
    const due = Math.min(rest.length, Math.ceil(((performance.now() - started) / (seconds * 1000)) * rest.length));
    if (due > written) fs.appendFileSync(log, rest.slice(written, due).join(''));
    written = due;
    if (written === rest.length) stop();
  }, TICK_MS);
  function stop() {
    clearInterval(timer);
    finish(written === rest.length);
  }
  return { stop, done };
}
