import { SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import type { AdmissionHandler, AdmissionLookup, AdmissionRequest } from '@keelson/sdk/admission';
import type { Contributions } from '@keelson/sdk';
import { SpanName } from '@keelson/telemetry';

type Phase = 'mutate' | 'validate';

/** Runs the contributed handlers in the distribution's order: all mutating steps, later all validating ones. */
export class AdmissionChain {
  /** Handlers per phase, operation, kind and subresource; compiled at the first request of its sort. */
  #compiled = new Map<string, readonly AdmissionHandler[]>();

  constructor(
    private readonly handlers: Pick<Contributions<AdmissionHandler>, 'values' | 'onChange'>,
    private readonly tracer: Tracer,
  ) {
    handlers.onChange(() => {
      this.#compiled = new Map();
    });
  }

  /** Lets the handlers change `request.object`. Errors: what a handler throws. */
  mutate(request: AdmissionRequest, lookup: AdmissionLookup): Promise<void> | undefined {
    return this.#run('mutate', request, lookup);
  }

  /** Lets the handlers refuse. Errors: what a handler throws. */
  validate(request: AdmissionRequest, lookup: AdmissionLookup): Promise<void> | undefined {
    return this.#run('validate', request, lookup);
  }

  #run(phase: Phase, request: AdmissionRequest, lookup: AdmissionLookup): Promise<void> | undefined {
    const handlers = this.#handlersFor(phase, request);
    return handlers.length === 0 ? undefined : this.#each(phase, handlers, request, lookup);
  }

  async #each(phase: Phase, handlers: readonly AdmissionHandler[], request: AdmissionRequest, lookup: AdmissionLookup): Promise<void> {
    const recording = trace.getActiveSpan()?.isRecording() === true;
    for (const handler of handlers) {
      if (!recording) {
        await handler[phase]!(request, lookup);
        continue;
      }
      const span = this.tracer.startSpan(SpanName.admit(handler.name));
      try {
        await handler[phase]!(request, lookup);
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
        throw error;
      } finally {
        span.end();
      }
    }
  }

  #handlersFor(phase: Phase, request: AdmissionRequest): readonly AdmissionHandler[] {
    const key = `${phase} ${request.operation} ${request.kind.group}/${request.kind.plural}/${request.subresource}`;
    let handlers = this.#compiled.get(key);
    if (handlers === undefined) {
      handlers = this.handlers.values.filter((handler) => handler[phase] !== undefined && wants(handler, request));
      this.#compiled.set(key, handlers);
    }
    return handlers;
  }
}

function wants({ handles }: AdmissionHandler, request: AdmissionRequest): boolean {
  if (handles === undefined) return true;
  const { operations, kinds, subresources = [''] } = handles;
  return (
    (operations === undefined || operations.includes(request.operation)) &&
    (kinds === undefined || kinds.some(({ group, plural }) => group === request.kind.group && plural === request.kind.plural)) &&
    subresources.includes(request.subresource)
  );
}
