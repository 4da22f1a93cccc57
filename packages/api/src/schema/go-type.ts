import type { TypeSchema } from './definition.ts';

/** `v1.Pod` for `io.k8s.api.core.v1.Pod`. */
export function goTypeName(name: string): string {
  return name.split('.').slice(-2).join('.');
}

/** Name that Go's decoder gives a type in its messages. */
export function goType(schema: TypeSchema): string {
  switch (schema.type) {
    case 'string':
      return schema.format === 'byte' ? '[]uint8' : schema.format === undefined ? 'string' : 'v1.Time';
    case 'boolean':
      return 'bool';
    case 'integer':
      return schema.format;
    case 'number':
      return 'float64';
    case 'quantity':
      return 'resource.Quantity';
    case 'int-or-string':
      return 'intstr.IntOrString';
    case 'array':
      return `[]${goType(schema.items)}`;
    case 'map':
      return `map[string]${goType(schema.values)}`;
    case 'ref':
      return goTypeName(schema.name);
    case 'object':
      return goTypeName(schema.definition.name);
    case 'any':
      return 'interface {}';
  }
}

/** What a null in a list or map becomes: the zero value of the element type, as Go writes it. */
export function zeroValue(schema: TypeSchema): unknown {
  switch (schema.type) {
    case 'string':
      return schema.format === 'date-time' || schema.format === 'micro-time' ? null : '';
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
    case 'int-or-string':
      return 0;
    case 'quantity':
      return '0';
    case 'array':
    case 'any':
      return null;
    case 'map':
    case 'ref':
    case 'object':
      return {};
  }
}
