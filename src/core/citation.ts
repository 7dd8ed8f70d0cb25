/** Where a formula, a constant or a file format comes from. */
export interface Citation {
  readonly authors: string;
  readonly year: number;
  readonly title: string;
  /** arXiv number (`2408.11029`), DOI, or repository (`owner/name`). */
  readonly id: string;
  /** Equation, table, section, or source file. */
  readonly where?: string;
}

/** Web address of a citation: arXiv page, DOI resolver or repository. */
export function citationUrl(cite: Citation): string {
  if (/^\d{4}\.\d{4,5}$/.test(cite.id)) return `https://arxiv.org/abs/${cite.id}`;
  if (cite.id.startsWith('10.')) return `https://doi.org/${cite.id}`;
  return `https://github.com/${cite.id}`;
}
