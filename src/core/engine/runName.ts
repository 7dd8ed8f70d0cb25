/** File names that say nothing of the run: its folder is the better name. */
const PLAIN_NAME =
  /[/\\](metrics|metric|log|logs|train|training|main|output|stdout|nohup|results?|progress|history|trainer_log|logging|trainer_state)(_log)?\.\w+$/i;

/** Folders that many projects have, and those for files of a moment. */
const PLAIN_FOLDER =
  /^(?:logs?|runs?|outputs?|out|results?|experiments?|checkpoints?|data|te?mp|src|home|root|work\w*|train(?:ing)?)?$/i;
const TEMPORARY = /^(?:te?mp|T)$/i;
/** A drive, or the scheme and host of an address: no folders. */
const ROOT = /^(?:[a-z]:|[a-z][\w+.-]+:\/\/[^/]*)(?=[/\\])/i;

/** The name of the run `path`: its path below `root`, or its last part, without a file name that every run has. */
export function runName(root: string, path: string): string {
  const last = path.split(/[/\\]/).at(-1) ?? path;
  const inside = path.startsWith(root) ? path.slice(root.length).replace(/^[/\\]/, '') : last;
  const short = inside.replace(PLAIN_NAME, '');
  return short === '' ? last : short;
}

/** The name of the run of a log that was named by itself: that of its folder, if it says more than the log's own. */
export function fileRunName(path: string): string {
  const [file = path, folder = '', above = ''] = path.replace(ROOT, '').split(/[/\\]/).reverse();
  const isTelling = PLAIN_NAME.test(`/${file}`) && !PLAIN_FOLDER.test(folder) && !TEMPORARY.test(above);
  return isTelling ? folder : file;
}
