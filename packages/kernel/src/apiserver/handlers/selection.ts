import { fieldValue, compileFieldSelector, fieldSelectorError, parseFieldSelector, parseLabelSelector } from '@keelson/api/selectors';
import type { Kind, KubeObject } from '@keelson/api';
import { inNamespace, type ObjectSelector } from '../../watch/index.ts';
import { badRequest } from '../api-errors.ts';
import type { QueryReader } from '../request.ts';
import type { Conversion } from '../registry/conversion.ts';

/** What a list, watch or deletecollection selects. Errors: 400 for selectors that cannot be parsed or are not supported. */
export function selection(kind: Kind, namespace: string | undefined, name: string | undefined, query: QueryReader, conversion: Conversion | undefined): ObjectSelector {
  const labelText = query.get('labelSelector') ?? '';
  const fieldText = withName(query.get('fieldSelector') ?? '', name);
  if (labelText === '' && fieldText === '') return inNamespace(namespace);
  const labels = labelText === '' ? undefined : parsedLabels(labelText);
  const fields = fieldText === '' ? [] : parsedFields(kind, fieldText);
  const byField = fields.length === 0 ? undefined : compileFieldSelector(kind, fields);
  const served = conversion === undefined ? (object: KubeObject) => object : (object: KubeObject) => conversion.fromStorage(object as never);
  const equality = fields.find(({ operator }) => operator === '=');
  return {
    key: `${namespace ?? ''}/${conversion === undefined ? '' : kind.apiVersion}?${labelText}&${fieldText}`,
    namespace,
    matches: (object) => (labels === undefined || labels(object.metadata.labels ?? {})) && (byField === undefined || byField(served(object))),
    index:
      equality === undefined || conversion !== undefined
        ? undefined
        : { field: equality.field, value: equality.value, read: (object) => fieldValue(kind, object, equality.field) },
  };
}

function withName(fieldText: string, name: string | undefined): string {
  if (name === undefined) return fieldText;
  const own = `metadata.name=${name}`;
  return fieldText === '' ? own : `${own},${fieldText}`;
}

function parsedLabels(text: string): (labels: Readonly<Record<string, string>>) => boolean {
  const parsed = parseLabelSelector(text);
  if (!parsed.ok) throw badRequest(parsed.message);
  const selector = parsed.value;
  return (labels) => selector.matches(labels);
}

function parsedFields(kind: Kind, text: string) {
  const parsed = parseFieldSelector(text);
  if (!parsed.ok) throw badRequest(parsed.message);
  const problem = fieldSelectorError(kind, parsed.value);
  if (problem !== undefined) throw badRequest(problem);
  return parsed.value;
}
