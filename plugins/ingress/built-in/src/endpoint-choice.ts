import type { Clock } from '@keelson/sdk';
import type { IngressBackend, IngressEndpoint, IngressRouting } from '@keelson/sdk/ingress';

/** An endpoint that could not be reached is asked last for so long, milliseconds. */
const restMs = 5_000;

interface State {
  next: number;
  /** By `address:port`, until when. */
  readonly resting: Map<string, number>;
}

/** Takes the endpoints of a backend in turn. */
export class EndpointChoice {
  readonly #states = new Map<string, State>();

  constructor(private readonly clock: Clock) {}

  /** The next one that was not tried yet; undefined when there is none. */
  next({ key, endpoints }: IngressBackend, tried: ReadonlySet<IngressEndpoint>): IngressEndpoint | undefined {
    const left = tried.size === 0 ? endpoints : endpoints.filter((endpoint) => !tried.has(endpoint));
    if (left.length === 0) return undefined;
    const state = this.#state(key);
    if (state.resting.size === 0) return left[state.next++ % left.length];
    const now = this.clock.monotonic();
    for (const [name, until] of state.resting) if (until <= now) state.resting.delete(name);
    const fit = left.filter((endpoint) => !state.resting.has(nameOf(endpoint)));
    // When all rest, one that rests is better than none.
    const among = fit.length > 0 ? fit : left;
    return among[state.next++ % among.length];
  }

  /** It could not be reached. */
  failed({ key }: IngressBackend, endpoint: IngressEndpoint): void {
    this.#state(key).resting.set(nameOf(endpoint), this.clock.monotonic() + restMs);
  }

  /** Forgets backends that nothing leads to any more. */
  retain({ hosts, defaultBackend }: IngressRouting): void {
    if (this.#states.size === 0) return;
    const used = new Set([defaultBackend?.key]);
    for (const { paths } of hosts.values()) for (const { backend } of paths) used.add(backend?.key);
    for (const key of this.#states.keys()) if (!used.has(key)) this.#states.delete(key);
  }

  #state(key: string): State {
    let state = this.#states.get(key);
    if (state === undefined) this.#states.set(key, (state = { next: 0, resting: new Map() }));
    return state;
  }
}

/** `address:port`. */
export function nameOf({ address, port }: IngressEndpoint): string {
  return `${address}:${port}`;
}
