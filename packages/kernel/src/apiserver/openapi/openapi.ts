import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Kind } from '@keelson/api';
import { StatusError } from '@keelson/sdk';
import { parseAccept } from '../table/media-type.ts';
import { definitionName } from './definition-name.ts';
import type { CustomSchemas } from './definitions.ts';
import { documentV2 } from './document-v2.ts';
import { documentV3, type DocumentSource } from './document-v3.ts';
import { encodeDocumentV2 } from './protobuf-v2.ts';
import type { Json } from './type-schema.ts';

/** A finished document. */
export interface OpenApiAnswer {
  readonly contentType: string;
  readonly body: Buffer;
  readonly etag: string;
  /** The same compressed; made on first use. */
  gzip(): Buffer;
}

export interface OpenApiOptions {
  /** Shown as `info.version`, as `v1.36.0`. */
  readonly version: string;
  /** Declared schemas of custom kinds; default: none. */
  readonly schemaOf?: CustomSchemas;
}

const protobufV2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const title = 'Kubernetes';
const prefixV3 = '/openapi/v3/';

/**
 * OpenAPI documents of the served kinds, each made on first use and kept as bytes until `setKinds` is called with
 * another list.
 */
export class OpenApi {
  private kinds: readonly Kind[] = [];
  private readonly documents = new Map<string, OpenApiAnswer>();

  constructor(
    kinds: Iterable<Kind>,
    private readonly options: OpenApiOptions,
  ) {
    this.setKinds(kinds);
  }

  /** Replaces what is served; bodies of subresources belong to the list. */
  setKinds(kinds: Iterable<Kind>): void {
    this.kinds = [...kinds];
    this.documents.clear();
  }

  /**
   * The document of a path (without its query: an outdated `hash` gets the present document), or undefined when the
   * path is none.
   */
  answer(path: string, accept: string | undefined): OpenApiAnswer | undefined {
    if (path === '/openapi/v2') return this.remember(`v2 ${wantsProtobuf(accept)}`, () => this.second(wantsProtobuf(accept)));
    if (path === '/openapi/v3') return this.remember('v3', () => json(this.index()));
    return path.startsWith(prefixV3) ? this.third(path.slice(prefixV3.length)) : undefined;
  }

  /** Paths of the group versions' documents. The index needs them all: ask for one at a time when idle to spread the work. */
  paths(): readonly string[] {
    return [...new Set(this.kinds.filter(({ verbs }) => verbs.length > 0).map(documentName))].map((name) => prefixV3 + name);
  }

  private second(protobuf: boolean): OpenApiAnswer {
    const document = documentV2({ ...this.source(this.kinds), bodies: [] });
    return protobuf ? finished(protobufV2, encodeDocumentV2(document)) : json(document);
  }

  private third(name: string): OpenApiAnswer | undefined {
    const kinds = this.kinds.filter((kind) => documentName(kind) === name);
    if (!kinds.some(({ verbs }) => verbs.length > 0)) return undefined;
    return this.remember(`v3 ${name}`, () => json(documentV3(this.source(kinds))));
  }

  private index(): Json {
    const paths: Json = {};
    for (const path of this.paths()) {
      const name = path.slice(prefixV3.length);
      paths[name] = { serverRelativeURL: `${path}?hash=${this.third(name)?.etag.replaceAll('"', '') ?? ''}` };
    }
    return { paths };
  }

  private source(kinds: readonly Kind[]): DocumentSource {
    const find = (group: string, version: string, kind: string) =>
      this.kinds.find((served) => served.group === group && served.version === version && served.kind === kind);
    const bodies = kinds.flatMap(({ subresources }) => subresources.flatMap(({ body }) => (body === undefined ? [] : (find(body.group, body.version, body.kind) ?? []))));
    return {
      title,
      version: this.options.version,
      kinds,
      definitionOf: (group, version, kind) => {
        const found = find(group, version, kind);
        return found === undefined ? undefined : definitionName(found);
      },
      schemaOf: this.options.schemaOf ?? (() => undefined),
      bodies: [...new Set(bodies)].filter((kind) => !kinds.includes(kind)),
    };
  }

  private remember(key: string, make: () => OpenApiAnswer): OpenApiAnswer {
    const known = this.documents.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.documents.set(key, made);
    return made;
  }
}

function documentName({ group, version }: Kind): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

/** JSON or the protobuf form that older clients insist on; throws StatusError NotAcceptable for neither. */
function wantsProtobuf(accept: string | undefined): boolean {
  if (accept === undefined || accept === '') return false;
  for (const { type } of parseAccept(accept)) {
    if (type === 'application/json' || type === 'application/*' || type === '*/*') return false;
    if (type === protobufV2 || type === 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf') return true;
  }
  throw new StatusError('NotAcceptable', `only the following media types are accepted: application/json, ${protobufV2}`);
}

function json(document: Json): OpenApiAnswer {
  return finished('application/json', Buffer.from(JSON.stringify(document)));
}

function finished(contentType: string, body: Buffer): OpenApiAnswer {
  let compressed: Buffer | undefined;
  return {
    contentType,
    body,
    etag: `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`,
    gzip: () => (compressed ??= gzipSync(body, { level: 4 })),
  };
}
