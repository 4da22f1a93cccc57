export type { AnswerMessage, Edns, Question, QueryMessage } from './message.ts';
export { WireError, labelsOf, readName } from './names.ts';
export { readAnswer, readQuery } from './read-message.ts';
export type { RefusedQuery } from './read-message.ts';
export { internetClass, typeName, typeNumber } from './record-types.ts';
export { udpPayload, writeAnswer, writeBadVersion, writeQuery, writeRefusal } from './write-message.ts';
