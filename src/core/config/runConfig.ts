import { parse } from 'jsonc-parser';
import type { LogFormat, LogParser, LogSample, RecordSink } from '../formats/format';
import { ByteBuffer, plainBytes } from '../formats/json/byteBuffer';
import { literal, readFlags } from '../formats/text/nested';
import type { SettingValue } from '../hints/code/setting';
import { languageOfFile, SourceText } from '../hints/code/source';
import { MAX_CONFIG_FILE } from '../limits';
import type { ConfigValue } from '../model';

/**
 * A configuration file beside a log: YAML, JSON, TOML, or training code whose assignments are settings. It is no log and is
 * never looked for by itself; a run takes those of its folder. Sections are joined with points.
 */
export const runConfig: LogFormat = {
  id: 'runConfig',
  title: 'Configuration',
  source: {
    authors: 'Wandb, Hydra, Lightning and others',
    year: 2020,
    title: 'YAML, JSON, TOML, Python',
    id: 'yaml/yaml-spec',
  },
  kind: 'document',
  probe: ({ name }) => (languageOfFile(name) === undefined ? 'no' : 'maybe'),
  open: (sample) => new ConfigParser(sample),
};

class ConfigParser implements LogParser {
  readonly #held = new ByteBuffer(MAX_CONFIG_FILE);
  #tooLarge = false;

  constructor(readonly sample: LogSample) {}

  push(chunk: Uint8Array, sink: RecordSink): void {
    if (this.#tooLarge || this.#held.append(plainBytes(chunk), 0, chunk.length)) return;
    this.#tooLarge = true;
    sink.issue('file.tooLarge', `The configuration is larger than ${MAX_CONFIG_FILE} bytes: it is left out.`, null);
  }

  flush(sink: RecordSink): void {
    const language = languageOfFile(this.sample.name);
    if (this.#tooLarge || language === undefined) return;
    const text = new TextDecoder().decode(this.#held.view());
    if (this.sample.name === 'wandb-metadata.json') readCommand(text, sink);
    else if (this.sample.name === 'overrides.yaml') readOverrides(text, sink);
    else for (const { key, value, line } of settingsOf(text, language)) sink.config(key, value, line);
  }
}

interface Entry {
  readonly key: string;
  readonly value: ConfigValue;
  readonly line: number;
}

/** The constants of a text in order, with the line of each. What cannot be worked out without running it is left out. */
function settingsOf(text: string, language: NonNullable<ReturnType<typeof languageOfFile>>): Entry[] {
  const { settings } = new SourceText(language, text).facts;
  const ofRun =
    language === 'python' ? settings.filter(({ form, owners }) => form === 'default' || owners.length === 0) : settings;
  const isWandb = settings.some(({ name, owners }) => name === 'desc' && owners.length === 1);
  let line = 1;
  let at = 0;
  return ofRun
    .toSorted((a, b) => a.span.from - b.span.from)
    .flatMap(({ name, owners, value, span }) => {
      for (; at < span.from; at++) if (text.charCodeAt(at) === 0x0a) line++;
      const path = isWandb ? wandbPath(owners, name) : [...owners, name];
      return path === undefined || value === undefined ? [] : [{ key: path.join('.'), value: plain(value), line }];
    });
}

/** W&B wraps each value: `lr: {desc: null, value: 0.1}`; what it keeps for itself is under `_wandb`. */
function wandbPath(owners: readonly string[], name: string): string[] | undefined {
  const [key, wrap, ...inside] = [...owners, name];
  return key === undefined || key.startsWith('_') || wrap !== 'value' ? undefined : [key, ...inside];
}

function plain(value: SettingValue): ConfigValue {
  return typeof value === 'object' && value !== null ? `[${value.join(', ')}]` : value;
}

/**
 * The words of the command line as Hydra keeps them, one in a list item: `- optimizer.lr=3e-4`, `- +trainer.max_steps=100`.
 * Items without a value choose nothing that is a setting. Source: facebookresearch/hydra, hydra/core/utils.py, run_job.
 */
function readOverrides(text: string, sink: RecordSink): void {
  for (const [i, line] of text.split('\n').entries()) {
    const [, key, value] = /^\s*-\s*['"]?\+{0,2}([A-Za-z_][\w./@-]*)=(.*?)['"]?\s*$/.exec(line) ?? [];
    if (key !== undefined) sink.config(key, literal(value!.replace(/^(["'])(.*)\1$/, '$2')), i + 1);
  }
}

/** Of what W&B keeps of the machine only the command line is read. Source: wandb/wandb, wandb/sdk/internal/system/system_info.py. */
function readCommand(text: string, sink: RecordSink): void {
  const metadata = parse(text) as { args?: unknown; program?: unknown } | undefined;
  const words = Array.isArray(metadata?.args) ? metadata.args.filter((word) => typeof word === 'string') : [];
  readFlags(words.join(' '), (key, value) => sink.config(key, value, 1));
}
