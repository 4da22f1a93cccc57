/** How a value is laid out after its tag: varint, eight bytes, or a length and that many bytes. */
export type WireType = 0 | 1 | 2;

export const varintWire = 0;
export const fixed64Wire = 1;
export const bytesWire = 2;

/** 2^32, the weight of the upper half of a 64-bit integer. */
export const upperWeight = 4_294_967_296;
