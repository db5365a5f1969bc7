import type { Why } from "@plimsoll/core/units";
import type { KeyPermission } from "@plimsoll/venues/wire";

type May = "yes" | "no" | "unknown";

/** What whoever holds one secret can do with it. */
export interface BlastRadius {
  readonly secret: string;
  /** The account, wallet or machine that it reaches. */
  readonly on: string;
  readonly place: string;
  readonly fingerprint?: string;
  readonly can: { readonly read: May; readonly trade: May; readonly transfer: May; readonly withdraw: May };
  /** Where it works from and until when, what a wallet holds and allowed. */
  readonly facts: readonly string[];
  readonly worst: string;
  /** What is wrong with it, worst first; a refused key is named by its refusal. */
  readonly warnings: readonly Why[];
}

/** What a venue said of a key; where it said nothing everything is unknown, never no. */
export function mayOf(permission: KeyPermission): BlastRadius["can"] {
  if (permission.is === "unknown")
    return { read: "unknown", trade: "unknown", transfer: "unknown", withdraw: "unknown" };
  const { trades, transfers, withdraws } = permission;
  return { read: "yes", trade: may(trades), transfer: may(transfers), withdraw: may(withdraws) };
}
const may = (said: boolean | "unknown"): May => (said === "unknown" ? said : said ? "yes" : "no");

/** Where a key works and how long. */
export function boundsOf(permission: KeyPermission): readonly string[] {
  if (permission.is === "unknown") return [];
  const { ipBound, expires } = permission;
  return [
    ipBound === "unknown"
      ? "whether it is bound to addresses is unknown"
      : ipBound
        ? "works from listed addresses only"
        : "works from anywhere",
    typeof expires === "number"
      ? `ends on ${new Date(expires).toISOString().slice(0, 10)}`
      : expires === "never"
        ? "has no end"
        : "whether it ends is unknown",
  ];
}

/** The most that a thief can do, decided by the strongest permission that is not known to be missing. */
export function worstOf({ trade, transfer, withdraw }: BlastRadius["can"]): string {
  if (withdraw === "yes") return "takes everything in the account out of the venue";
  if (withdraw === "unknown") return "may take everything in the account: the venue did not say what this key can do";
  const limits = "cannot take it out of the venue";
  if (transfer !== "no")
    return `${transfer === "unknown" ? "perhaps " : ""}moves everything in the account to other accounts there; ${limits} by itself`;
  if (trade !== "no")
    return `${trade === "unknown" ? "perhaps " : ""}loses everything in the account by trading against you in a thin market; ${limits}. Keep in it what you accept to lose`;
  return "sees balances, positions and orders; moves nothing";
}

/** One secret in a few lines, what a thief could do last. */
export function radiusText({ secret, on, place, fingerprint, can, facts, worst, warnings }: BlastRadius): string {
  const abilities = Object.entries(can).map(([what, answer]) => `${what} ${answer}`);
  return [
    `${secret}, on ${on}`,
    `  kept in    ${place}${fingerprint === undefined ? "" : `, fingerprint ${fingerprint}`}`,
    `  can        ${abilities.join(", ")}`,
    ...facts.map((fact) => `             ${fact}`),
    ...warnings.map(
      ({ code, facts: { detail = code, next = "" } }) => `  BUT        ${detail}${next && `. Next: ${next}`}`,
    ),
    `  at worst   a thief ${worst}`,
  ].join("\n");
}
