import { findDefinition, type Definition, type Field, type TypeSchema } from '../schema/index.ts';
import { layoutOf } from './layout.ts';
import { messageCodec } from './message-codec.ts';
import { boolCodec, bytesCodec, doubleCodec, int32Codec, int64Codec, textCodec } from './scalar-codecs.ts';
import { schemaOrBool, schemaOrList } from './schema-variants.ts';
import { intOrStringCodec, jsonCodec, microsecondsCodec, quantityCodec, secondsCodec } from './special-codecs.ts';
import type { MessageCodec, ValueCodec } from './value-codec.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const apiextensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';
const codecs = new Map<string, MessageCodec>();

/** The codec of a definition's message, made at the first use; undefined for one that has no table of numbers. */
export function definitionCodec(name: string): MessageCodec | undefined {
  const known = codecs.get(name);
  if (known !== undefined) return known;
  const layout = layoutOf(name);
  const fields = findDefinition(name)?.fields ?? partialMetadata[name];
  if (layout === undefined || fields === undefined) return undefined;
  const made = messageCodec(layout, fields, codecOf);
  codecs.set(name, made);
  return made;
}

/** What clients that want metadata only are answered; OpenAPI has no definition of it. */
const partialMetadata: Readonly<Record<string, Definition['fields']>> = {
  [`${meta}.PartialObjectMetadata`]: fieldsOf({ metadata: { type: 'ref', name: `${meta}.ObjectMeta` } }),
  [`${meta}.PartialObjectMetadataList`]: fieldsOf({
    metadata: { type: 'ref', name: `${meta}.ListMeta` },
    items: { type: 'array', items: { type: 'ref', name: `${meta}.PartialObjectMetadata` } },
  }),
};

function fieldsOf(schemas: Readonly<Record<string, TypeSchema>>): ReadonlyMap<string, Field> {
  return new Map(Object.entries(schemas).map(([name, schema]) => [name, { name, schema, required: false }]));
}

/** Types refer to each other and to themselves, so a reference is looked up when first met. */
function reference(name: string): ValueCodec {
  let found: ValueCodec | undefined;
  const codec = (): ValueCodec => {
    found ??= definitionCodec(name);
    if (found === undefined) throw new Error(`no table of field numbers for ${name}; add one under protobuf/fields`);
    return found;
  };
  return {
    wire: 2,
    zero: {},
    nilable: false,
    write: (writer, value) => {
      codec().write(writer, value);
    },
    read: (reader, existing) => codec().read(reader, existing),
    isZero: (value) => codec().isZero(value),
  };
}

const schemaProps = reference(`${apiextensions}.JSONSchemaProps`);
const opaque: Readonly<Record<string, ValueCodec>> = {
  'io.k8s.apimachinery.pkg.runtime.RawExtension': jsonCodec,
  [`${meta}.FieldsV1`]: jsonCodec,
  [`${apiextensions}.JSON`]: jsonCodec,
  [`${apiextensions}.JSONSchemaPropsOrArray`]: schemaOrList(schemaProps, schemaProps),
  [`${apiextensions}.JSONSchemaPropsOrStringArray`]: schemaOrList(schemaProps, textCodec),
  [`${apiextensions}.JSONSchemaPropsOrBool`]: schemaOrBool(schemaProps),
  [`${apiextensions}.CustomResourceSubresourceStatus`]: messageCodec([], new Map(), codecOf),
};

function codecOf(schema: TypeSchema): ValueCodec {
  switch (schema.type) {
    case 'string':
      return schema.format === undefined ? textCodec : { byte: bytesCodec, 'date-time': secondsCodec, 'micro-time': microsecondsCodec }[schema.format];
    case 'boolean':
      return boolCodec;
    case 'integer':
      return schema.format === 'int32' ? int32Codec : int64Codec;
    case 'number':
      return doubleCodec;
    case 'quantity':
      return quantityCodec;
    case 'int-or-string':
      return intOrStringCodec;
    case 'ref':
      return reference(schema.name);
    case 'any': {
      const codec = opaque[schema.name ?? ''];
      if (codec === undefined) throw new Error(`no protobuf form of ${schema.name ?? 'an untyped value'}`);
      return codec;
    }
    default:
      throw new Error(`no protobuf form of a nested ${schema.type}`);
  }
}
