import type { RecordSink } from '../format';
import { literal, readFlags } from './nested';
import type { PythonScanner } from './python';
import { ascii, type Scanner } from './scanner';

/** Longest line that is looked at: a command line with many overrides. */
const MAX_HEADER = 32 * 1024;
const NAMESPACE = ascii('Namespace(');
const FLAG = ascii(' --');
const DOTS = ascii(' ...');
const OVERRIDING = ascii('Overriding config with ');
const EQUALS = 0x3d;
/** Programs that start a training. */
const LAUNCHER =
  /(?:^|[\s'"/])(?:python[\d.]*|torchrun|deepspeed|srun|mpirun|accelerate launch|colossalai run|llamafactory-cli|tune run|axolotl train|litgpt)\s/;
/** `  lr ........ 0.001`, as Megatron-LM and its descendants print. */
const DOTTED = /^\s*([A-Za-z][\w./-]{0,80})\s\.{3,}\s*(\S.*?)\s*$/;
/** `Overriding config with config/train_gpt2.py:`. */
const CONFIG_FILE = /^Overriding config with (\S+\.py):?\s*$/;

/**
 * Settings in a line that no format explains, before the first record: a printed argparse namespace, an argument with dots, a
 * command line, the name of nanoGPT's configuration file. Anything else tells nothing.
 * Sources: CPython Lib/argparse.py (Namespace), Megatron-LM arguments.py (_print_args), karpathy/nanoGPT configurator.py.
 */
export function readHeaderLine(line: Scanner, python: PythonScanner, sink: RecordSink): void {
  const start = line.pos;
  if (line.end - start > MAX_HEADER || line.atEnd) return;
  const has = (mark: Uint8Array): boolean => {
    line.pos = start;
    return line.seek(mark);
  };
  if (has(NAMESPACE)) {
    for (const [key, value] of python.entries(line, EQUALS)) sink.config(key, value);
  } else if (has(FLAG)) {
    const text = line.text(start);
    if (LAUNCHER.test(text)) readFlags(text, (key, value) => sink.config(key, value));
  } else if (has(DOTS)) {
    const [, key, value] = DOTTED.exec(line.text(start)) ?? [];
    if (key !== undefined) sink.config(key, literal(value!.replace(/\.{3,}\s?(?:updated|default)$/, '')));
  } else if (has(OVERRIDING)) {
    const config = CONFIG_FILE.exec(line.text(start));
    if (config !== null) sink.config('config_file', config[1]!);
  }
}
