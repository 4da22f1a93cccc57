// What answers of CRI look like after decoding: every field present, times in nanoseconds since the epoch as numbers.

/** Labels and annotations. */
export type Words = Readonly<Record<string, string>>;

export interface CriSandboxMetadata {
  readonly name: string;
  readonly uid: string;
  readonly namespace: string;
  readonly attempt: number;
}

export interface CriSandbox {
  readonly id: string;
  readonly metadata: CriSandboxMetadata;
  readonly state: 'SANDBOX_READY' | 'SANDBOX_NOTREADY';
  readonly createdAt: number;
  readonly labels: Words;
  readonly annotations: Words;
}

export interface CriSandboxStatus extends CriSandbox {
  readonly network: { readonly ip: string; readonly additionalIps: readonly { readonly ip: string }[] } | null;
}

export type CriContainerState = 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN';

export interface CriContainer {
  readonly id: string;
  readonly podSandboxId: string;
  readonly metadata: { readonly name: string; readonly attempt: number };
  readonly state: CriContainerState;
  readonly labels: Words;
}

export interface CriContainerStatus {
  readonly id: string;
  readonly metadata: { readonly name: string; readonly attempt: number };
  readonly state: CriContainerState;
  readonly createdAt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly exitCode: number;
  readonly image: { readonly image: string } | null;
  readonly imageRef: string;
  readonly reason: string;
  readonly message: string;
  readonly labels: Words;
  readonly annotations: Words;
  readonly logPath: string;
}

export interface CriImage {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly size: number;
  /** The user that the image runs as: a number, or a name. */
  readonly uid: CriNumber;
  readonly username: string;
}

export interface CriStats {
  readonly attributes: { readonly id: string };
  readonly cpu: { readonly timestamp: number; readonly usageCoreNanoSeconds: CriNumber } | null;
  readonly memory: { readonly workingSetBytes: CriNumber; readonly usageBytes: CriNumber; readonly rssBytes: CriNumber } | null;
  readonly writableLayer: { readonly usedBytes: CriNumber; readonly inodesUsed: CriNumber } | null;
}

export type CriNumber = { readonly value: number } | null;
