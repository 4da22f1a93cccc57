import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Kind } from '@keelson/api';
import { StatusError } from '@keelson/sdk';
import { parseAccept } from '../table/media-type.ts';
import { definitionName } from './definition-name.ts';
import type { CustomSchemas } from './definitions.ts';
import { documentV2 } from './document-v2.ts';
import type { DocumentSource } from './document-source.ts';
import { documentV3 } from './document-v3.ts';
import { encodeDocumentV2 } from './protobuf-v2.ts';
import { atOnce, inTurns, type Steps } from './steps.ts';
import type { Json } from './type-schema.ts';

/** A finished document. */
export interface OpenApiAnswer {
  readonly contentType: string;
  readonly body: Buffer;
  readonly etag: string;
  /** The same compressed; made on first use, beside the event loop. */
  gzip(): Promise<Buffer>;
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
    return atOnce(this.steps(path, accept));
  }

  /** As {@link answer}, made in turns with everybody else: the larger documents take a tenth of a second. */
  answerInTurns(path: string, accept: string | undefined, nextTurn: () => Promise<void>): Promise<OpenApiAnswer | undefined> {
    return inTurns(this.steps(path, accept), nextTurn);
  }

  private *steps(path: string, accept: string | undefined): Steps<OpenApiAnswer | undefined> {
    if (path === '/openapi/v2') {
      const protobuf = wantsProtobuf(accept);
      return yield* this.remember(`v2 ${protobuf}`, () => this.second(protobuf));
    }
    if (path === '/openapi/v3') return yield* this.remember('v3', () => this.index());
    return path.startsWith(prefixV3) ? yield* this.third(path.slice(prefixV3.length)) : undefined;
  }

  /** Paths of the group versions' documents. */
  private paths(): readonly string[] {
    return [...new Set(this.kinds.filter(({ verbs }) => verbs.length > 0).map(documentName))].map((name) => prefixV3 + name);
  }

  private *second(protobuf: boolean): Steps<OpenApiAnswer> {
    const document = yield* documentV2({ ...this.source(this.kinds), bodies: [] });
    return protobuf ? finished(protobufV2, yield* encodeDocumentV2(document)) : json(document);
  }

  private *third(name: string): Steps<OpenApiAnswer | undefined> {
    const kinds = this.kinds.filter((kind) => documentName(kind) === name);
    if (!kinds.some(({ verbs }) => verbs.length > 0)) return undefined;
    const source = this.source(kinds);
    return yield* this.remember(`v3 ${name}`, function* () {
      return json(yield* documentV3(source));
    });
  }

  private *index(): Steps<OpenApiAnswer> {
    const paths: Json = {};
    for (const path of this.paths()) {
      const name = path.slice(prefixV3.length);
      const document = yield* this.third(name);
      paths[name] = { serverRelativeURL: `${path}?hash=${document?.etag.replaceAll('"', '') ?? ''}` };
    }
    return json({ paths });
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

  private *remember(key: string, make: () => Steps<OpenApiAnswer>): Steps<OpenApiAnswer> {
    const known = this.documents.get(key);
    if (known !== undefined) return known;
    const { kinds } = this;
    const made = yield* make();
    // What is served may have changed meanwhile: such a document answers who asked for it and nobody else.
    if (kinds === this.kinds) this.documents.set(key, made);
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

const compress = promisify<Buffer, { readonly level: number }, Buffer>(gzip);

function json(document: Json): OpenApiAnswer {
  return finished('application/json', Buffer.from(JSON.stringify(document)));
}

function finished(contentType: string, body: Buffer): OpenApiAnswer {
  let compressed: Promise<Buffer> | undefined;
  return {
    contentType,
    body,
    etag: `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`,
    gzip: () => (compressed ??= compress(body, { level: 4 })),
  };
}
