import { createHash } from 'node:crypto';
import { parseAllDocuments } from 'yaml';
import { Pod } from '@keelson/api/core/v1';
import { defaultObject } from '@keelson/api/defaulting';
import { decodeObject } from '@keelson/api/schema';
import { StaticAnnotation } from './annotations.ts';

/** The pod that a manifest describes, as this node runs it: its name ends with the node's. Throws with what is wrong. */
export function manifestPod(text: string, file: string, nodeName: string): Pod {
  const documents = parseAllDocuments(text).filter((document) => document.contents !== null);
  const [document] = documents;
  if (document === undefined || documents.length > 1) throw new Error(`static pod manifest ${file} has ${documents.length} documents: write one pod a file`);
  if (document.errors[0] !== undefined) throw new Error(`static pod manifest ${file} cannot be read: ${document.errors[0].message}`, { cause: document.errors[0] });
  const parsed = document.toJS() as Partial<Pod> | null;
  if (parsed?.apiVersion !== 'v1' || parsed.kind !== 'Pod') throw new Error(`static pod manifest ${file} is no v1 Pod`);
  const { error } = decodeObject(parsed, Pod.definition);
  if (error !== undefined) throw new Error(`static pod manifest ${file} is wrong: ${String(error)}`);
  const name = parsed.metadata?.name ?? '';
  if (name === '' || !Array.isArray(parsed.spec?.containers) || parsed.spec.containers.length === 0) throw new Error(`static pod manifest ${file} needs metadata.name and spec.containers`);
  const hash = createHash('md5').update(`${nodeName}\n${file}\n${text}`).digest('hex');
  const pod = {
    ...parsed,
    metadata: {
      ...parsed.metadata,
      name: `${name}-${nodeName}`,
      namespace: parsed.metadata?.namespace ?? 'default',
      uid: hash,
      annotations: { ...parsed.metadata?.annotations, [StaticAnnotation.hash]: hash, [StaticAnnotation.source]: 'file' },
    },
    spec: {
      ...parsed.spec,
      nodeName,
      // Taints of the node do not end what the node runs by itself.
      tolerations: [...(parsed.spec.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }],
    },
  } as Pod;
  defaultObject(Pod, pod);
  return pod;
}
