/** Reasons of a Status cause that validation gives. */
export type CauseReason =
  | 'FieldValueRequired' | 'FieldValueInvalid' | 'FieldValueNotSupported' | 'FieldValueForbidden' | 'FieldValueDuplicate'
  | 'FieldValueTooLong' | 'FieldValueTooMany' | 'FieldValueNotFound';

/** One thing that is wrong with an object, ready to be a cause of a 422 Status. */
export interface Cause {
  readonly reason: CauseReason;
  /** Path as `spec.containers[0].name`. */
  readonly field: string;
  /** Without the path; {@link describeCause} joins them. */
  readonly message: string;
}

/** Collects causes; the wording follows upstream's field errors. */
export class Causes {
  readonly list: Cause[] = [];

  required(field: string, detail = ''): void {
    this.#add('FieldValueRequired', field, 'Required value', detail);
  }

  invalid(field: string, value: unknown, detail: string): void {
    this.#add('FieldValueInvalid', field, `Invalid value: ${show(value)}`, detail);
  }

  notSupported(field: string, value: unknown, supported: readonly string[]): void {
    const values = [...supported].sort().map((text) => JSON.stringify(text)).join(', ');
    this.#add('FieldValueNotSupported', field, `Unsupported value: ${show(value)}`, `supported values: ${values}`);
  }

  forbidden(field: string, detail: string): void {
    this.#add('FieldValueForbidden', field, 'Forbidden', detail);
  }

  duplicate(field: string, value: unknown): void {
    this.#add('FieldValueDuplicate', field, `Duplicate value: ${show(value)}`, '');
  }

  notFound(field: string, value: unknown): void {
    this.#add('FieldValueNotFound', field, `Not found: ${show(value)}`, '');
  }

  tooLong(field: string, limit: number): void {
    this.#add('FieldValueTooLong', field, 'Too long', `may not be more than ${limit} bytes`);
  }

  tooMany(field: string, count: number, limit: number): void {
    this.#add('FieldValueTooMany', field, `Too many: ${count}`, `must have at most ${limit} items`);
  }

  #add(reason: CauseReason, field: string, message: string, detail: string): void {
    this.list.push({ reason, field, message: detail === '' ? message : `${message}: ${detail}` });
  }
}

function show(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}

/** `spec.containers[0].name: Required value`, as it appears in a Status message. */
export function describeCause({ field, message }: Cause): string {
  return field === '' ? message : `${field}: ${message}`;
}

/** Several causes as one text: upstream puts them in brackets. */
export function describeCauses(causes: readonly Cause[]): string {
  const texts = [...new Set(causes.map(describeCause))];
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`;
}

/** A validator of one kind of object. */
export type Check<T> = (object: T, causes: Causes) => void;
/** A validator of a change. */
export type ChangeCheck<T> = (next: T, old: T, causes: Causes) => void;
