import { decode, ProtobufError, type TypeMeta } from '@keelson/api/protobuf';
import { badRequest } from '../api-errors.ts';

/** The object in a protobuf body; `expected` stands in for a kind that the bytes do not name. Errors: 400. */
export function parseProtobuf(bytes: Buffer, expected: TypeMeta): Record<string, unknown> {
  try {
    return decode(bytes, expected).object;
  } catch (error) {
    if (error instanceof ProtobufError) throw badRequest(error.message);
    throw error;
  }
}
