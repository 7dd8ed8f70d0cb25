/** Reads one file of the configuration, or every file that a pattern of `Include` matches. Empty when there is none. */
export type ConfigReader = (pattern: string) => readonly string[];

const MAX_INCLUDES = 16;
const MAX_HOSTS = 1000;

/**
 * Host names that a user wrote into the configuration of `ssh`, in order, without patterns (`*`, `?`, `!`) and without
 * repeats. `Include` is followed, to a depth of 16. What cannot be read is left out. Source: ssh_config(5).
 */
export function sshHostNames(text: string, read: ConfigReader): string[] {
  const names = new Set<string>();
  collect(text, read, names, 0);
  return [...names].slice(0, MAX_HOSTS);
}

function collect(text: string, read: ConfigReader, names: Set<string>, depth: number): void {
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(host|include)(?:\s*=\s*|\s+)(.+)$/i.exec(line);
    if (match === null || names.size >= MAX_HOSTS) continue;
    const words = [...match[2]!.matchAll(/"([^"]*)"|([^\s"#]+)|(#.*)/g)].flatMap((word) => word[1] ?? word[2] ?? []);
    if (match[1]!.toLowerCase() === 'host') {
      for (const name of words) if (/^[A-Za-z0-9_][\w.-]*$/.test(name)) names.add(name);
    } else if (depth < MAX_INCLUDES) {
      for (const pattern of words) for (const file of read(pattern)) collect(file, read, names, depth + 1);
    }
  }
}
