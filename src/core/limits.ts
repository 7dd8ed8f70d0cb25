// Every cap on untrusted input, each with its reason. Sizes are bytes unless the name says otherwise.

/** One line. Progress bars redraw up to 70 kB without a line feed; a JSON line with 100 000 keys stays below 4 MB. */
export const MAX_LINE = 4 * 1024 * 1024;

/** Head and tail of a file that format detection looks at. Logs that begin with a dumped training script need 256 kB. */
export const PROBE_HEAD = 256 * 1024;
export const PROBE_TAIL = 64 * 1024;

/** One read of a followed file: 1 ms of parsing, so that the event loop stays responsive. */
export const READ_CHUNK = 256 * 1024;

/**
 * What an archive may unpack to: in all, and for each of its bytes beyond a free part. Logs pack 5 to 50 times, a log whose
 * tail a file system filled with zeros 1 000 times.
 */
export const MAX_UNPACKED = 16 * 1024 ** 3;
export const UNPACK_FREE = 64 * 1024 * 1024;
export const MAX_UNPACK_RATIO = 200;

/** A JSON document (`trainer_state.json`): 1 million log entries of 250 bytes. */
export const MAX_DOCUMENT = 256 * 1024 * 1024;

/** Distinct series of one file: the largest RLHF logs carry 150 keys, hostile ones any number. */
export const MAX_SERIES_PER_FILE = 2000;

/** Length of a series label or config key that is kept. */
export const MAX_LABEL = 256;

/** Config entries kept of one file, and the length of one text value. */
export const MAX_CONFIG_ENTRIES = 2000;
export const MAX_CONFIG_TEXT = 2000;

/** A configuration file beside a log: longer ones are generated data. */
export const MAX_CONFIG_FILE = 1024 * 1024;

/** Issues kept of one file; further ones are counted. */
export const MAX_ISSUES_PER_FILE = 100;

/** Nesting of a JSON value. */
export const MAX_JSON_DEPTH = 64;

/** One TensorBoard record. Graphs of large models reach tens of MB; they are skipped, not kept. */
export const MAX_EVENT_RECORD = 256 * 1024 * 1024;

/** Files looked at by one discovery scan. */
export const MAX_FILES_SCANNED = 20_000;

/** Folders listed by one discovery scan: a second on a local disk, a minute on a slow network file system. */
export const MAX_FOLDERS_SCANNED = 20_000;

/** Files in a row in one folder that look like logs by name and are none: beyond it the folder holds data. */
export const MAX_STRANGERS = 64;

/** Folders of a workspace that are looked at again and again for new logs. */
export const MAX_FOLDERS_WATCHED = 5_000;

/** Runs found by one discovery scan. */
export const MAX_RUNS = 2_000;

/** Points of one series sent to a panel at once. */
export const MAX_PANEL_POINTS = 4_000;

/** The header of a safetensors file: the bound of the format itself. */
export const MAX_SAFETENSORS_HEADER = 100_000_000;

/** Tensors of one checkpoint: the largest mixtures of experts have 150 000. */
export const MAX_TENSORS = 500_000;

/** Dimensions of one tensor: PyTorch prints no more than 64, models use 5. */
export const MAX_DIMENSIONS = 16;

/** Entries of a tensor that are given out at once: 1 GiB of float32. */
export const MAX_BLOCK_ENTRIES = 256 * 1024 * 1024;

/** The pickle of a checkpoint, entries excluded: 2 kB per tensor, with the optimizer's. */
export const MAX_PICKLE = 64 * 1024 * 1024;

/** The list of the shards of a checkpoint: 100 bytes per tensor. */
export const MAX_SHARD_INDEX = 64 * 1024 * 1024;

/** Files of one checkpoint. */
export const MAX_SHARDS = 4_096;

/** Settings and table of a GGUF file: vocabularies of 250 000 words take 10 MB. */
export const MAX_GGUF_HEADER = 64 * 1024 * 1024;

/** Folders looked into, and checkpoints found, for one run: a run of a million steps that saves every 200. */
export const MAX_CHECKPOINT_FOLDERS = 2_000;
export const MAX_CHECKPOINTS = 5_000;
