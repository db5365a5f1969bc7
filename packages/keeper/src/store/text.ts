import { isUtf8 } from "node:buffer";
import { invariant } from "@plimsoll/core/units";

const encoder = new TextEncoder();

/** The text that both engines can hold for these bytes. @throws on bytes that are no UTF-8 or hold a zero: a caller's bug. */
export function textOf(bytes: Uint8Array): string {
  invariant(isUtf8(bytes) && !bytes.includes(0), "the store holds text: UTF-8 without zero bytes");
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** The bytes of a stored text. */
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);

/** Bytes of a hash that one of our tables holds. */
export const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
