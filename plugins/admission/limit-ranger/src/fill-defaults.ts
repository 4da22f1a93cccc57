import type { Container, LimitRange, Pod } from '@keelson/api/core/v1';

const annotation = 'kubernetes.io/limit-ranger';

/** Gives the containers of a pod the default requests and limits of a range, and notes in an annotation what it set. */
export function fillDefaults(pod: Pod, range: LimitRange): void {
  const items = range.spec?.limits.filter(({ type }) => type === 'Container') ?? [];
  const requests = Object.assign({}, ...items.map((item) => item.defaultRequest)) as Record<string, string>;
  const limits = Object.assign({}, ...items.map((item) => item.default)) as Record<string, string>;
  const notes = [
    ...pod.spec.containers.flatMap((container) => fill(container, 'container', requests, limits)),
    ...(pod.spec.initContainers ?? []).flatMap((container) => fill(container, 'init container', requests, limits)),
  ];
  if (notes.length === 0) return;
  pod.metadata.annotations = { ...pod.metadata.annotations, [annotation]: `LimitRanger plugin set: ${notes.join('; ')}` };
}

function fill(container: Container, what: string, requests: Readonly<Record<string, string>>, limits: Readonly<Record<string, string>>): readonly string[] {
  const present = container.resources ?? {};
  const newLimits = missing(limits, present.limits);
  const newRequests = missing(requests, present.requests);
  if (newLimits.length + newRequests.length === 0) return [];
  container.resources = {
    ...present,
    ...(newLimits.length === 0 ? {} : { limits: { ...present.limits, ...pick(limits, newLimits) } }),
    ...(newRequests.length === 0 ? {} : { requests: { ...present.requests, ...pick(requests, newRequests) } }),
  };
  return [note(newRequests, 'request', what, container), note(newLimits, 'limit', what, container)].filter((text) => text !== '');
}

function missing(defaults: Readonly<Record<string, string>>, present: Readonly<Record<string, string>> = {}): readonly string[] {
  return Object.keys(defaults).filter((name) => present[name] === undefined).sort();
}

function pick(from: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, from[name]!]));
}

function note(names: readonly string[], field: string, what: string, container: Container): string {
  return names.length === 0 ? '' : `${names.join(', ')} ${field} for ${what} ${container.name}`;
}
