/** Version of every message in this folder. Each side sends its own first; a difference asks for a window reload. */
export const PROTOCOL_VERSION = 1;
