import { JSON_SCHEMA } from '../core/report/predictionJson';

/** Prints one JSON document. Numbers stay numbers; what is not finite becomes `null`. */
export function printJson(body: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ schema: JSON_SCHEMA, ...body })}\n`);
}

/** Prints lines of text. */
export function printLines(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
