import { invariant } from "@plimsoll/core/units";
import { sha256, stringToHex } from "viem/utils";

/** What a venue allows of an id: the character between its parts, and how long it may be. */
export interface IdForm {
  readonly separator: string;
  readonly longest: number;
}
/** Of an order, or of a stop: a cancel by the id alone has to know. */
export type IdKind = "pl" | "ps";

/** Fewer digits of a hash than this could meet another by chance: 60 bits. */
const LEAST = 15;

/** A client id of a key: `head` and as much of the key's hash, in hexadecimal digits, as `longest` leaves room for. */
export function clientIdOf(key: string, head: string, longest: number): string {
  const room = longest - head.length;
  invariant(room >= LEAST, `${head} leaves no room for a key's hash in ${longest} characters`);
  return head + sha256(stringToHex(key)).slice(2, 2 + room);
}

/** "pl.BTCUSDT." and the key's hash: kind and symbol inside let a cancel by this id find its list and its book. Long symbols are left out. */
export function namedId(kind: IdKind, key: string, symbol: string, { separator, longest }: IdForm): string {
  const head = [kind, symbol, ""].join(separator);
  return clientIdOf(key, head.length + LEAST <= longest ? head : kind + separator, longest);
}

/** What an id of ours says by itself; undefined of any other. */
export function readNamedId(
  id: string,
  { separator }: Pick<IdForm, "separator">,
): { readonly kind: IdKind; readonly symbol: string } | undefined {
  const [kind, symbol, digits] = id.split(separator);
  return (kind === "pl" || kind === "ps") && symbol !== undefined && digits !== undefined
    ? { kind, symbol }
    : undefined;
}
