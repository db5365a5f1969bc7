import { invariant } from "@plimsoll/core/units";

/** The bytes of JSON that an action is hashed over: maps keep the order of their keys. @source github.com/msgpack/msgpack/blob/master/spec.md */
export function packed(value: unknown): Buffer {
  if (value === null) return Buffer.of(0xc0);
  if (typeof value === "boolean") return Buffer.of(value ? 0xc3 : 0xc2);
  if (typeof value === "number") return packedInteger(value);
  if (typeof value === "string") {
    const bytes = Buffer.from(value);
    return Buffer.concat([headOf(bytes.length, STRING), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([headOf(value.length, ARRAY), ...value.map(packed)]);
  const fields = Object.entries(value as object);
  return Buffer.concat([headOf(fields.length, MAP), ...fields.flatMap((field) => field.map(packed))]);
}

/** First byte of a short one, how many that byte can count, and what comes before lengths of 8, 16 and 32 bits. */
interface Kind {
  readonly short: number;
  readonly most: number;
  readonly long: readonly [number | undefined, number, number];
}
const STRING: Kind = { short: 0xa0, most: 31, long: [0xd9, 0xda, 0xdb] };
const ARRAY: Kind = { short: 0x90, most: 15, long: [undefined, 0xdc, 0xdd] };
const MAP: Kind = { short: 0x80, most: 15, long: [undefined, 0xde, 0xdf] };

function headOf(length: number, { short, most, long: [byte, word, double] }: Kind): Buffer {
  if (length <= most) return Buffer.of(short | length);
  if (length < 2 ** 8 && byte !== undefined) return tagged(byte, BigInt(length), 1);
  return length < 2 ** 16 ? tagged(word, BigInt(length), 2) : tagged(double, BigInt(length), 4);
}

/** The shortest form of an integer. @throws on a fraction: no action has one. */
function packedInteger(value: number): Buffer {
  invariant(Number.isSafeInteger(value), `${value} is no integer`);
  if (value >= 0 && value < 128) return Buffer.of(value);
  if (value < 0 && value >= -32) return Buffer.of(value & 0xff);
  const power = [0, 1, 2, 3].find((each) =>
    value >= 0 ? value < 2 ** (8 * 2 ** each) : value >= -(2 ** (8 * 2 ** each - 1)),
  );
  const bytes = 2 ** (power ?? 3);
  return tagged((value >= 0 ? 0xcc : 0xd0) + (power ?? 3), BigInt.asUintN(8 * bytes, BigInt(value)), bytes);
}

const tagged = (tag: number, value: bigint, bytes: number): Buffer =>
  Buffer.concat([Buffer.of(tag), Buffer.from(value.toString(16).padStart(2 * bytes, "0"), "hex")]);
