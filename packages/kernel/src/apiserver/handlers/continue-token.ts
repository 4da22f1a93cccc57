import { badRequest } from '../api-errors.ts';

/** Opaque to clients: which revision is being read and the first key of the next page. Revision -1: whatever is newest. */
export function encodeContinue(revision: number, from: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: from })).toString('base64url');
}

/** Errors: 400 for a token that this server did not make. */
export function decodeContinue(token: string): { readonly revision: number; readonly from: string } {
  try {
    const { v, rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as { v?: unknown; rv?: unknown; start?: unknown };
    if (v === 'meta.k8s.io/v1' && Number.isSafeInteger(rv) && typeof start === 'string') return { revision: rv as number, from: start };
  } catch {
    // falls through: not one of our tokens
  }
  throw badRequest('continue key is not valid: encoded start key');
}
