import type { Root, Type } from 'protobufjs';

/** Turns plain objects into messages and back; fields in camel case, enums by name, 64-bit numbers as numbers. */
export class Codec {
  readonly #root: Root;
  readonly #types = new Map<string, Type>();

  constructor(root: Root) {
    this.#root = root;
  }

  encode(type: string, value: object): Buffer {
    const message = this.#type(type);
    return Buffer.from(message.encode(message.fromObject(value)).finish());
  }

  /** Missing fields come as their defaults, missing messages as null. */
  decode<T>(type: string, bytes: Uint8Array): T {
    const message = this.#type(type);
    return message.toObject(message.decode(bytes), { defaults: true, arrays: true, objects: true, longs: Number, enums: String }) as T;
  }

  #type(name: string): Type {
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const found = this.#root.lookupType(name);
    this.#types.set(name, found);
    return found;
  }
}
