import { StatusError } from '@keelson/sdk';
import { parseAccept, parseMediaType, protobufType, type MediaType } from './media-type.ts';

/** What an answer is converted to before it is written. */
export type Conversion = 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';

/** Form of an answer. */
export interface ResponseForm {
  readonly format: 'json' | 'yaml' | 'protobuf';
  readonly as?: Conversion;
  /** Version of meta.k8s.io that a conversion is asked in. */
  readonly version?: 'v1' | 'v1beta1';
}

const formats: Readonly<Record<string, ResponseForm['format']>> = {
  'application/json': 'json', 'application/yaml': 'yaml', '*/*': 'json', 'application/*': 'json',
  [protobufType]: 'protobuf',
};
const offered = ['application/json', 'application/yaml'];
const plainJson: ResponseForm = Object.freeze({ format: 'json' });
const maxRemembered = 512;

/** What an endpoint can convert to. */
export type Endpoint = 'object' | 'list' | 'plain';

const conversions: Readonly<Record<Endpoint, readonly Conversion[]>> = {
  object: ['Table', 'PartialObjectMetadata'],
  list: ['Table', 'PartialObjectMetadataList'],
  plain: [],
};
type Remembered = Readonly<Record<Endpoint, Map<string, ResponseForm>>>;
const remembered: Remembered = { object: new Map(), list: new Map(), plain: new Map() };
const rememberedWithMessages: Remembered = { object: new Map(), list: new Map(), plain: new Map() };

/**
 * Chooses the form of an answer from the Accept header; `messages` tells that the object itself has a protobuf form (its
 * bare metadata always has one, a Table never). Clauses that cannot be served are passed over; throws StatusError
 * NotAcceptable (406) when none is left. Clients send few different headers, so answers are remembered.
 */
export function negotiate(accept: string | undefined, endpoint: Endpoint, messages = false): ResponseForm {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json') return plainJson;
  const answers = (messages ? rememberedWithMessages : remembered)[endpoint];
  const known = answers.get(accept);
  if (known !== undefined) return known;
  for (const clause of parseAccept(accept)) {
    const form = formOf(clause, conversions[endpoint], messages);
    if (form === undefined) continue;
    if (answers.size >= maxRemembered) answers.clear();
    answers.set(accept, form);
    return form;
  }
  throw new StatusError('NotAcceptable', `only the following media types are accepted: ${(messages ? [...offered, protobufType] : offered).join(', ')}`);
}

function formOf({ type, parameters }: MediaType, possible: readonly Conversion[], messages: boolean): ResponseForm | undefined {
  const format = formats[type];
  if (format === undefined) return undefined;
  const { as, g, v, stream } = parameters;
  if (stream !== undefined && stream !== 'watch') return undefined;
  if (format === 'protobuf' && (as === undefined ? !messages : as === 'Table')) return undefined;
  if (as === undefined) return g === undefined && v === undefined ? { format } : undefined;
  if (g !== 'meta.k8s.io' || (v !== 'v1' && v !== 'v1beta1') || !possible.includes(as as Conversion)) return undefined;
  return { format, as: as as Conversion, version: v };
}

/** Kinds of patches by media type. */
const patchTypes = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
} as const;

export type PatchType = (typeof patchTypes)[keyof typeof patchTypes];

/** Kind of a patch by its Content-Type; custom kinds have no strategic merge. Throws StatusError UnsupportedMediaType. */
export function patchType(contentType: string | undefined, options: { readonly strategic: boolean }): PatchType {
  const type = contentType === undefined ? undefined : parseMediaType(contentType)?.type;
  const found = type !== undefined && Object.hasOwn(patchTypes, type) ? patchTypes[type as keyof typeof patchTypes] : undefined;
  if (found !== undefined && (found !== 'strategic' || options.strategic)) return found;
  throw unsupported(Object.keys(patchTypes).filter((name) => options.strategic || !name.includes('strategic')));
}

function unsupported(accepted: readonly string[]): StatusError {
  return new StatusError('UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`);
}
