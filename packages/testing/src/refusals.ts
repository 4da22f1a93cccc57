import { isStatus, type StatusError, type ApiCall, type ApiTransport, type PluginRule } from '@keelson/sdk';

interface Asked {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
}

/** Notes every request that a plugin's own rules did not allow, as the rule that would. */
export class Refusals {
  readonly #verbs = new Map<string, Set<string>>();

  /** Rules that were missing; verbs of one resource are joined. */
  get rules(): readonly PluginRule[] {
    return [...this.#verbs].map(([place, verbs]) => {
      const at = place.indexOf('/');
      return { groups: [place.slice(0, at)], resources: [place.slice(at + 1)], verbs: [...verbs].sort() };
    });
  }

  wrap(inner: ApiTransport): ApiTransport {
    return {
      call: async (call) => {
        try {
          const answer = await inner.call(call);
          this.#review(call, answer);
          return answer;
        } catch (error) {
          this.#refused({ group: call.group, resource: resourceOf(call), verb: call.verb }, error);
          throw error;
        }
      },
      watch: (call, handler) =>
        inner.watch(call, {
          event: (event) => handler.event(event),
          end: (error) => {
            this.#refused({ group: call.group, resource: resourceOf(call), verb: 'watch' }, error);
            handler.end(error);
          },
        }),
    };
  }

  /** Admission says Forbidden too; only the authorizer says "cannot". */
  #refused(asked: Asked, error: unknown): void {
    if (isStatus(error, 'Forbidden') && /: User "[^"]*" cannot /.test((error as StatusError).message)) this.#note(asked);
  }

  /** The controller runner asks in a plugin's name before it lets it see the shared caches. */
  #review(call: ApiCall, answer: unknown): void {
    if (call.plural !== 'selfsubjectaccessreviews') return;
    const review = answer as { readonly spec?: { readonly resourceAttributes?: Partial<Asked> }; readonly status?: { readonly allowed?: boolean } };
    const { group = '', resource, verb } = review.spec?.resourceAttributes ?? {};
    if (review.status?.allowed === false && resource !== undefined && verb !== undefined) this.#note({ group, resource, verb });
  }

  #note({ group, resource, verb }: Asked): void {
    const place = `${group}/${resource}`;
    const verbs = this.#verbs.get(place);
    if (verbs === undefined) this.#verbs.set(place, new Set([verb]));
    else verbs.add(verb);
  }
}

function resourceOf({ plural, subresource }: { readonly plural: string; readonly subresource?: string | undefined }): string {
  return subresource === undefined || subresource === '' ? plural : `${plural}/${subresource}`;
}
