// What must not outlive this process: temp folders and process groups, removed on every way out.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const tasks = new Set();
let installed = false;

/** Registers a synchronous clean-up; returns a function that runs it at once and forgets it. */
export function onExit(task) {
  install();
  tasks.add(task);
  return () => {
    if (tasks.delete(task)) task();
  };
}

/** A fresh temp folder that is removed by `remove()` or at exit. */
export function tempFolder(label) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), `lossline-${label}-`));
  const remove = onExit(() => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return { dir, remove };
}

/** Kills a process group by its leader; a group that is gone is no error. */
export function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

function runAll() {
  for (const task of [...tasks].reverse()) {
    tasks.delete(task);
    try {
      task();
    } catch (error) {
      console.error(`clean-up failed: ${error.message}`);
    }
  }
}

function install() {
  if (installed) return;
  installed = true;
  process.on('exit', runAll);
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
    process.on(signal, () => process.exit(code));
  }
}
