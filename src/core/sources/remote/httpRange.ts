/** `Content-Range: bytes first-last/total`; `total` is `null` when the server does not know it. */
export interface ContentRange {
  /** `null` in an answer 416, which names the total only. */
  readonly first: number | null;
  readonly last: number | null;
  readonly total: number | null;
}

/** Reads a `Content-Range` header. `undefined` when it is none, or contradicts itself. Source: RFC 9110, section 14.4. */
export function parseContentRange(header: string | null): ContentRange | undefined {
  const match = /^\s*bytes\s+(?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)\s*$/i.exec(header ?? '');
  if (match === null) return undefined;
  const total = match[3] === '*' ? null : Number(match[3]);
  if (match[1] === undefined) return total === null ? undefined : { first: null, last: null, total };
  const first = Number(match[1]);
  const last = Number(match[2]);
  if (last < first || (total !== null && last >= total)) return undefined;
  return { first, last, total };
}

/** A validator that may stand in `If-Range`: a strong entity tag, or else nothing. Source: RFC 9110, section 13.1.5. */
export function strongTag(etag: string | null): string | undefined {
  return etag !== null && /^"[^"\x00-\x20\x7f]*"$/.test(etag) ? etag : undefined;
}

/** Milliseconds since 1970 of an HTTP date; 0 for none. */
export function httpDate(header: string | null): number {
  const time = Date.parse(header ?? '');
  return Number.isFinite(time) ? time : 0;
}
