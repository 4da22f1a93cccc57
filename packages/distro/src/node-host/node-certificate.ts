import { X509Certificate } from 'node:crypto';
import type { Cancel, Clock, Logger, Random } from '@keelson/sdk';
import type { KeyFolder, KeyedCertificate } from '@keelson/kernel/apiserver/pki';

/** What a certificate is kept and renewed with. */
export interface CertificateParts {
  readonly folder: KeyFolder;
  /** Name of the files, without `.crt` and `.key`. */
  readonly file: string;
  /** PEM of the authority that must have signed it. */
  readonly authority: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Gets a new one. */
  readonly order: (signal: AbortSignal) => Promise<KeyedCertificate>;
  readonly onChange?: (pair: KeyedCertificate) => void;
}

/** After a renewal that failed, milliseconds. */
const retryAfter = 30_000;

/** A certificate in a folder that is renewed when between 70 and 90 percent of its life are over, as kubelets do. */
export class NodeCertificate {
  readonly #parts: CertificateParts;
  readonly #stop = new AbortController();
  #current: KeyedCertificate | undefined;
  #timer: Cancel | undefined;

  constructor(parts: CertificateParts) {
    this.#parts = parts;
  }

  get current(): KeyedCertificate | undefined {
    return this.#current;
  }

  /** Reads the stored one; undefined when there is none that can still be used. Renewal is due from then on. */
  async load(): Promise<KeyedCertificate | undefined> {
    const { folder, file, authority, clock } = this.#parts;
    const [certificate, privateKey] = await Promise.all([folder.read(`${file}.crt`), folder.read(`${file}.key`)]);
    if (certificate === undefined || privateKey === undefined || !isUsable(certificate, authority, clock.now())) return undefined;
    this.#take({ certificate, privateKey });
    return this.#current;
  }

  /** Orders one and stores it. */
  async obtain(signal: AbortSignal): Promise<KeyedCertificate> {
    const { folder, file, order } = this.#parts;
    const pair = await order(signal);
    // The key first: a certificate counts only when its key is there.
    await folder.write(`${file}.key`, pair.privateKey);
    await folder.write(`${file}.crt`, pair.certificate);
    this.#take(pair);
    return pair;
  }

  close(): void {
    this.#stop.abort(new Error('the agent stops'));
    this.#timer?.cancel();
  }

  #take(pair: KeyedCertificate): void {
    const { clock, random, onChange } = this.#parts;
    this.#current = pair;
    const { validFrom, validTo } = new X509Certificate(pair.certificate);
    const life = Date.parse(validTo) - Date.parse(validFrom);
    this.#renewIn(Date.parse(validFrom) + life * (0.7 + 0.2 * random.next()) - clock.now());
    onChange?.(pair);
  }

  #renewIn(ms: number): void {
    const { clock, log, file } = this.#parts;
    if (this.#stop.signal.aborted) return;
    this.#timer?.cancel();
    this.#timer = clock.after(Math.max(0, ms), () => {
      this.obtain(this.#stop.signal).catch((error: unknown) => {
        if (this.#stop.signal.aborted) return;
        log.warn('a certificate could not be renewed, the next try is due soon', { certificate: file, error: String(error) });
        this.#renewIn(retryAfter);
      });
    });
  }
}

function isUsable(certificate: string, authority: string, now: number): boolean {
  try {
    const leaf = new X509Certificate(certificate);
    return leaf.verify(new X509Certificate(authority).publicKey) && Date.parse(leaf.validFrom) <= now && now < Date.parse(leaf.validTo);
  } catch {
    return false;
  }
}
