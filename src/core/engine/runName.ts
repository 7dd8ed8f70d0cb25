/** File names that say nothing of the run: its folder is the better name. */
const PLAIN_NAME =
  /[/\\](metrics|metric|log|logs|train|training|main|output|stdout|nohup|results?|progress|history|trainer_log|logging|trainer_state)(_log)?\.\w+$/i;

/** The name of the run `path`: its path below `root`, without a file name that every run has. */
export function runName(root: string, path: string): string {
  const inside = path.startsWith(root) ? path.slice(root.length).replace(/^[/\\]/, '') : path;
  const short = inside.replace(PLAIN_NAME, '');
  return short === '' ? (path.split(/[/\\]/).at(-1) ?? path) : short;
}
