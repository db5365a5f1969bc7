import { invariant } from "@plimsoll/core/units";
import { sha256, stringToHex } from "viem";

/** Fewer digits of a hash than this could meet another by chance: 60 bits. */
const LEAST = 15;

/** A client id of a key: `head` and as much of the key's hash, in hexadecimal digits, as `longest` leaves room for. */
export function clientIdOf(key: string, head: string, longest: number): string {
  const room = longest - head.length;
  invariant(room >= LEAST, `${head} leaves no room for a key's hash in ${longest} characters`);
  return head + sha256(stringToHex(key)).slice(2, 2 + room);
}
