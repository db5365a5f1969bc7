import { type Ms, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import * as z from "zod";

/** What a key is there for: an account names one key for each. */
export const keyUses = ["read", "trade", "transfer"] as const;
export type KeyUse = (typeof keyUses)[number];

/** One secret a key consists of; a person is asked for each, in the venue's order. */
export type KeyPart = "key" | "secret" | "passphrase";

type Said = boolean | "unknown";

/** What a venue says that a key may do; nothing is guessed: where it does not say, that is unknown. */
export type KeyPermission = SaidPermission | { readonly is: "unknown"; readonly why: Why };
export interface SaidPermission {
  readonly is: "said";
  readonly trades: Said;
  /** Moves money between accounts of the same owner or to other users of the venue. */
  readonly transfers: Said;
  /** Moves money out of the venue. */
  readonly withdraws: boolean;
  /** Works from listed addresses only. */
  readonly ipBound: Said;
  readonly expires: Ms | "never" | "unknown";
}

/** How the keys of a venue are given and judged. */
export interface VenueKeys {
  readonly parts: readonly KeyPart[];
  /** Reads the venue's own answer about a key; absent for a wallet's, of which nobody can say that it may not. */
  readonly readPermission?: (answer: unknown) => KeyPermission;
}

/** The private key of a wallet on a chain: it moves whatever the wallet holds and whatever others allowed it to take. */
export const walletKeys: VenueKeys = { parts: ["secret"] };

/** The permission of a parsed answer, or why there is none. */
export function permissionOf<T>(
  venue: string,
  parsed: z.ZodSafeParseResult<T>,
  read: (data: T) => SaidPermission,
): KeyPermission {
  return parsed.success ? read(parsed.data) : unsaid(venue, { detail: z.prettifyError(parsed.error) });
}

export const unsaid = (venue: string, facts: Why["facts"]): KeyPermission => ({
  is: "unknown",
  why: why(`${venue}/key-permission-unknown`, {
    ...facts,
    next: "check on the venue's own page that this key cannot withdraw",
  }),
});

/** Refuses a key that can move money away: a thief of this machine must not be able to. Unknown passes here and is said elsewhere. */
export function refuseWithdrawals(venue: string, permission: KeyPermission): Result<void, Why> {
  if (permission.is === "unknown" || !permission.withdraws) return ok(undefined);
  return fail(
    why(`${venue}/key-can-withdraw`, {
      next: "make a key without the withdrawal permission and use that one; delete this one at the venue",
    }),
  );
}

/** Keys that end sooner than this are warned about. */
const EXPIRY_NOTICE_MS = 14 * 86_400_000;

/** What is wrong or worth knowing about a key that may be used, worst first; `now` decides about its expiry. */
export function keyWarnings(use: KeyUse, permission: KeyPermission, now: Ms): readonly Why[] {
  if (permission.is === "unknown") return [permission.why];
  const { trades, transfers, ipBound, expires } = permission;
  const warn = (code: string, detail: string, next: string) => why(code, { detail, next });
  return [
    ...(use === "read" && trades === true
      ? [warn("key/reads-and-trades", "the read key can trade", "make a key that only reads, and name it for reading")]
      : []),
    ...(use === "trade" && trades === false
      ? [warn("key/cannot-trade", "the trade key cannot trade: whatever is sent is refused", "allow trading for it")]
      : []),
    ...(use !== "transfer" && transfers === true
      ? [warn("key/can-transfer", `the ${use} key can move money to other accounts`, "take that permission from it")]
      : []),
    ...(use !== "read" && ipBound === false
      ? [warn("key/not-ip-bound", `the ${use} key works from anywhere`, "list this machine's address at the venue")]
      : []),
    ...(typeof expires === "number" && expires - now < EXPIRY_NOTICE_MS ? [expiryWarning(use, expires, now)] : []),
  ];
}

function expiryWarning(use: KeyUse, expires: Ms, now: Ms): Why {
  const at = new Date(expires).toISOString().slice(0, 10);
  return expires <= now
    ? why("key/expired", { detail: `the ${use} key ended on ${at}: it protects nothing`, next: "make a new one" })
    : why("key/ends-soon", { detail: `the ${use} key ends on ${at}`, next: "renew it at the venue before that day" });
}
