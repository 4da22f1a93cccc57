import { createHash } from 'node:crypto';
import type { Kind } from '@keelson/api';
import { StatusError } from '@keelson/sdk';
import { parseAccept } from '../table/media-type.ts';
import { aggregatedDiscovery, type AggregatedVersion } from './aggregated.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy.ts';
import { groupKinds, type ServedGroup } from './served.ts';

/** A finished document. */
export interface DiscoveryAnswer {
  /** Full Content-Type of the answer. */
  readonly contentType: string;
  readonly body: Buffer;
  /** Only aggregated documents have one; equal to If-None-Match means 304 without a body. */
  readonly etag?: string;
}

/** Accept of a client that takes the aggregated form. */
type Wanted = AggregatedVersion | 'legacy';

/**
 * Discovery documents of the served kinds. Documents are made on first use and kept as bytes until `setKinds` is
 * called with another list.
 */
export class Discovery {
  private groups: readonly ServedGroup[] = [];
  private readonly documents = new Map<string, DiscoveryAnswer | undefined>();

  constructor(
    kinds: Iterable<Kind>,
    private readonly options: { readonly serverAddress: string },
  ) {
    this.setKinds(kinds);
  }

  /** Replaces what is served. */
  setKinds(kinds: Iterable<Kind>): void {
    this.groups = groupKinds(kinds);
    this.documents.clear();
  }

  /** The document of a discovery path, or undefined when the path is none (an unknown group or version too). */
  answer(path: string, accept: string | undefined): DiscoveryAnswer | undefined {
    const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    const wanted = plain === '/api' || plain === '/apis' ? wantedForm(accept) : 'legacy';
    const key = `${wanted} ${plain}`;
    if (this.documents.has(key)) return this.documents.get(key);
    const made = wanted === 'legacy' ? this.legacy(plain) : this.aggregated(plain, wanted);
    if (made !== undefined) this.documents.set(key, made); // unknown paths are not kept: clients could make up any number
    return made;
  }

  private aggregated(path: string, version: AggregatedVersion): DiscoveryAnswer {
    const groups = this.groups.filter(({ group }) => (path === '/api') === (group === ''));
    const body = bytes(aggregatedDiscovery(groups, version));
    return {
      contentType: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
      body,
      etag: `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`,
    };
  }

  private legacy(path: string): DiscoveryAnswer | undefined {
    const document = this.legacyDocument(path);
    return document === undefined ? undefined : { contentType: 'application/json', body: bytes(document) };
  }

  private legacyDocument(path: string): object | undefined {
    if (path === '/api') return apiVersions(this.groups, this.options.serverAddress);
    if (path === '/apis') return apiGroupList(this.groups);
    const [, root, ...parts] = path.split('/');
    const [groupName, version, rest] = root === 'api' ? ['', parts[0], parts[1]] : root === 'apis' ? parts : [];
    const group = groupName === undefined ? undefined : this.groups.find((served) => served.group === groupName);
    if (group === undefined || rest !== undefined || (root === 'apis' && groupName === '')) return undefined;
    if (version === undefined) return apiGroup(group);
    const served = group.versions.find((item) => item.version === version);
    return served === undefined ? undefined : apiResourceList(groupName === '' ? version : `${groupName}/${version}`, served.kinds);
  }
}

/** The first clause that discovery can serve; throws StatusError NotAcceptable when there is none. */
function wantedForm(accept: string | undefined): Wanted {
  if (accept === undefined || accept === '') return 'legacy';
  for (const { type, parameters } of parseAccept(accept)) {
    if (type !== 'application/json' && type !== 'application/*' && type !== '*/*') continue;
    const { g, v, as } = parameters;
    if (g === undefined && v === undefined && as === undefined) return 'legacy';
    if (g === 'apidiscovery.k8s.io' && as === 'APIGroupDiscoveryList' && (v === 'v2' || v === 'v2beta1')) return v;
  }
  throw new StatusError('NotAcceptable', 'only the following media types are accepted: application/json');
}

function bytes(document: object): Buffer {
  return Buffer.from(`${JSON.stringify(document)}\n`);
}
