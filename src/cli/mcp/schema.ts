import { LosslineError } from '../../core/errors';

/** One input of a tool, as JSON Schema: the part of it that the tools need. */
export interface InputSchema {
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'array';
  readonly description: string;
  readonly enum?: readonly string[];
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  /** Of an array of strings. */
  readonly items?: { readonly type: 'string' };
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: string | number | boolean;
}

/** What a tool takes. */
export interface ObjectSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, InputSchema>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

/** The value of one input that has passed its schema. */
export type InputValue = string | number | boolean | readonly string[];

/** Longer words are no file names. */
const MAX_WORD = 4096;

/**
 * The inputs of a tool, checked against its schema. Throws `argument.invalid` with the name of the first input that does
 * not fit, in words that help to mend the call.
 */
export function checkedInputs(value: unknown, schema: ObjectSchema): Map<string, InputValue> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('The arguments are no object.');
  const given = Object.entries(value);
  const missing = schema.required.find((name) => !given.some(([key]) => key === name));
  if (missing !== undefined) throw invalid(`${missing} is missing: ${schema.properties[missing]!.description}`);
  const checked = new Map<string, InputValue>();
  for (const [name, input] of given) {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (property === undefined) {
      throw invalid(`There is no input ${name.slice(0, 80)}: ${Object.keys(schema.properties).join(', ')}.`);
    }
    const fault = faultOf(input, property);
    if (fault !== undefined) throw invalid(`${name} takes ${fault}.`);
    checked.set(name, input as InputValue);
  }
  return checked;
}

function invalid(message: string): LosslineError {
  return new LosslineError('argument.invalid', message);
}

/** What the input should have been; `undefined` when it is that. */
function faultOf(input: unknown, schema: InputSchema): string | undefined {
  switch (schema.type) {
    case 'string':
      if (!isWord(input)) return 'a text of one line';
      return schema.enum === undefined || schema.enum.includes(input) ? undefined : `one of ${schema.enum.join(', ')}`;
    case 'boolean':
      return typeof input === 'boolean' ? undefined : 'true or false';
    case 'array': {
      const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
      const fits = Array.isArray(input) && input.every(isWord) && input.length >= minItems && input.length <= maxItems;
      return fits ? undefined : `a list of ${minItems} to ${maxItems} texts`;
    }
    default:
      return numberFault(input, schema);
  }
}

function numberFault(input: unknown, { type, exclusiveMinimum, maximum }: InputSchema): string | undefined {
  const above = exclusiveMinimum ?? Number.NEGATIVE_INFINITY;
  const upTo = maximum ?? Number.POSITIVE_INFINITY;
  const isNumber = type === 'integer' ? Number.isSafeInteger(input) : Number.isFinite(input);
  if (isNumber && (input as number) > above && (input as number) <= upTo) return undefined;
  const bounds = [
    exclusiveMinimum === undefined ? '' : ` above ${exclusiveMinimum}`,
    maximum === undefined ? '' : ` up to ${maximum}`,
  ];
  return `a ${type === 'integer' ? 'whole number' : 'number'}${bounds.join('')}`;
}

function isWord(input: unknown): input is string {
  return typeof input === 'string' && input !== '' && input.length <= MAX_WORD && !/[\u0000-\u001f]/.test(input);
}
