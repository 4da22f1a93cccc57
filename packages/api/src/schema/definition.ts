/** Type of a value on the wire. Built-in definitions and (later) structural schemas of custom kinds both compile to it. */
export type TypeSchema =
  | { readonly type: 'string'; readonly format?: 'byte' | 'date-time' | 'micro-time' }
  | { readonly type: 'boolean' }
  | { readonly type: 'integer'; readonly format: 'int32' | 'int64' }
  | { readonly type: 'number' }
  | { readonly type: 'quantity' }
  | { readonly type: 'int-or-string' }
  | { readonly type: 'array'; readonly items: TypeSchema }
  | { readonly type: 'map'; readonly values: TypeSchema }
  /** Passed through untouched; `name` is the OpenAPI definition that stands for it, where there is one. */
  | { readonly type: 'any'; readonly name?: string }
  | { readonly type: 'ref'; readonly name: string }
  | { readonly type: 'object'; readonly definition: Definition };

/** How server-side apply treats a list. */
export type ListType = 'atomic' | 'set' | 'map';

/** Merge behaviour and constraints of a field, from the hand-written overlay. */
export interface FieldMarks {
  readonly listType?: ListType;
  /** Keys of a list of type map. */
  readonly listMapKeys?: readonly string[];
  /** `atomic` for maps and objects that server-side apply replaces whole. */
  readonly mapType?: 'atomic' | 'granular';
  readonly patchStrategy?: 'merge' | 'replace' | 'retainKeys' | 'merge,retainKeys';
  readonly patchMergeKey?: string;
  /** Allowed values of the string, or of each string in a list or map; sorted. */
  readonly enum?: readonly string[];
}

/** A field of an object. */
export interface Field extends FieldMarks {
  readonly name: string;
  readonly schema: TypeSchema;
  /** Listed in OpenAPI as required; enforcing it is validation's work, as a Go decoder knows only zero values. */
  readonly required: boolean;
}

/** An object type: its fields by wire name, in alphabetical order. */
export interface Definition {
  /** OpenAPI name, as `io.k8s.api.core.v1.Pod`. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** The whole object is replaced by server-side apply. */
  readonly mapType?: 'atomic' | 'granular';
  /** Fields that are not listed are kept (custom kinds only). */
  readonly preserveUnknown?: boolean;
}
