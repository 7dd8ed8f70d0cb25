/** Takes the next piece of a content, valid until it returns; `false` ends the unpacking. */
export type Take = (piece: Uint8Array) => boolean;

/** Undoes one stream of raw DEFLATE (RFC 1951), piece by piece. Hosts bring their own: Node has zlib. */
export interface Inflater {
  /**
   * Unpacks `bytes`, which follow those of the last call. Resolves to the number of bytes that belong to the stream:
   * fewer than given once it has ended or `take` has said no. Rejects on damaged data.
   */
  push(bytes: Uint8Array, take: Take): Promise<number>;
  /** True once the end of the stream has been seen. */
  readonly ended: boolean;
  dispose(): void;
}

/** Undoes one kind of archive. */
export interface Unpacker {
  /** Unpacks `bytes`, which follow those of the last call. Rejects with an `ArchiveFault` on damaged data. */
  push(bytes: Uint8Array, take: Take): Promise<void>;
  /** True inside an archive: its end has not been seen. */
  readonly isOpen: boolean;
  dispose(): void;
}

/** An archive that cannot be unpacked further. */
export class ArchiveFault extends Error {
  override readonly name = 'ArchiveFault';

  constructor(
    readonly code: 'archive.damaged' | 'archive.tooLarge',
    message: string,
  ) {
    super(message);
  }
}
