import type { Node } from '@keelson/api/core/v1';
import type { NodeView, ResourceColumn } from '@keelson/sdk/scheduler';

/** What a row's view reads. */
export interface RowSource {
  nodeAt(row: number): Node;
  resource(name: string): ResourceColumn | undefined;
  readonly podCount: Int32Array;
}

/** The simple form's window on one row; made on first use and dropped with the node object. */
export class RowView implements NodeView {
  #images: ReadonlySet<string> | undefined;

  constructor(
    readonly node: Node,
    private readonly row: number,
    private readonly source: RowSource,
  ) {}

  get name(): string {
    return this.node.metadata.name;
  }

  get podCount(): number {
    return this.source.podCount[this.row]!;
  }

  hasImage(image: string): boolean {
    this.#images ??= new Set((this.node.status?.images ?? []).flatMap((entry) => entry.names ?? []).map(withTag));
    return this.#images.has(withTag(image));
  }

  allocatable(resource: string): number {
    return this.source.resource(resource)?.allocatable[this.row] ?? 0;
  }

  requested(resource: string): number {
    return this.source.resource(resource)?.requested[this.row] ?? 0;
  }
}

function withTag(image: string): string {
  return image.includes('@') || image.lastIndexOf(':') > image.lastIndexOf('/') ? image : `${image}:latest`;
}
