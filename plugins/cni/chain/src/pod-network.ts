import { SpanKind, type Tracer } from '@opentelemetry/api';
import { KeelsonError, type Contributions } from '@keelson/sdk';
import type { Attachment, AttachmentResult, CniVariant, PodNetwork, PodNetworkStatus } from '@keelson/sdk/cni';
import { Attr, SpanName, withSpan } from '@keelson/telemetry';
import type { ResultCache } from './result-cache.ts';

export interface VariantNetworkOptions {
  /** Name of the variant to use. */
  readonly variant: string;
  readonly variants: Contributions<CniVariant>;
  readonly results: ResultCache;
  readonly tracer: Tracer;
}

/** The pod network of a node by one variant of the distribution, which may come and go. */
export class VariantNetwork implements PodNetwork {
  readonly #options: VariantNetworkOptions;

  constructor(options: VariantNetworkOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.variant;
  }

  add(at: Attachment, signal: AbortSignal): Promise<AttachmentResult> {
    return this.#traced('add', at, async (variant) => {
      const result = await variant.add(at, signal);
      await this.#options.results.keep(at, result);
      return result;
    });
  }

  del(at: Attachment, signal: AbortSignal): Promise<void> {
    return this.#traced('del', at, async (variant) => {
      // The range that it was added with: the node may have another one by now.
      const known = await this.#options.results.find(at);
      await variant.del(known === undefined ? at : { ...at, node: known.node }, signal);
      await this.#options.results.forget(at);
    });
  }

  check(at: Attachment, signal: AbortSignal): Promise<void> {
    return this.#traced('check', at, (variant) => variant.check(at, signal));
  }

  async gc(live: ReadonlySet<string>): Promise<void> {
    await this.#variant().gc(live);
    await this.#options.results.retainOnly(live);
  }

  status(): PodNetworkStatus {
    return this.#find() === undefined ? { ready: false, reason: `CNI variant ${this.name} is not ready` } : { ready: true };
  }

  onStatus(listener: () => void): () => void {
    return this.#options.variants.onChange(listener);
  }

  #traced<T>(operation: string, at: Attachment, work: (variant: CniVariant) => Promise<T>): Promise<T> {
    const attributes = { [Attr.podName]: at.pod.name, [Attr.namespaceName]: at.pod.namespace, [Attr.podUid]: at.pod.uid, [Attr.nodeName]: at.node.name };
    return withSpan(this.#options.tracer, SpanName.cni(operation, this.name), { kind: SpanKind.CLIENT, attributes }, () => work(this.#variant()));
  }

  #variant(): CniVariant {
    const found = this.#find();
    if (found !== undefined) return found;
    const known = this.#options.variants.values.map(({ name }) => name);
    throw new KeelsonError('KEEL_CNI_NO_VARIANT', `CNI variant ${this.name} is not there${known.length === 0 ? '' : ` (there are: ${known.join(', ')})`}: add its plugin to the distribution, or set another variant of @keelson/cni-chain`);
  }

  #find(): CniVariant | undefined {
    return this.#options.variants.values.find(({ name }) => name === this.#options.variant);
  }
}
