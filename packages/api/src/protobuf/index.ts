export { decode, encode, encodeList, encodeMessage, hasProtobufForm, wrapMessage, type DecodedObject, type TypeMeta } from './envelope.ts';
export { ProtobufError } from './protobuf-error.ts';
export { decodeWatchFrame, encodeWatchFrame, type WatchFrame } from './watch-frame.ts';
