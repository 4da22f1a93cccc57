/** Bytes that are not the message they should be, or an object that has no protobuf form. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';

  constructor(
    /** `unknown-kind` for a well-formed envelope of a kind without a table, `malformed` for everything else. */
    readonly code: 'malformed' | 'unknown-kind',
    message: string,
  ) {
    super(message);
  }
}

/** Short form for the usual case. */
export function malformed(message: string): ProtobufError {
  return new ProtobufError('malformed', message);
}
