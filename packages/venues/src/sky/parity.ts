import { type BookEvent, type ParityRow, parityRow } from "@plimsoll/core/book";
import { type Exact, type HoldingId, exact } from "@plimsoll/core/units";
import { momentOf } from "./events.ts";
import { keyOf, rateAt } from "./position.ts";
import { spotOf } from "./prices.ts";
import type { SkySnapshot } from "./snapshot.ts";

/**
 * What the core does at this block beside what we compute: debt per normalised debt after its drip, value per collateral after its
 * poke, and whether it would auction the vault then. All must be equal to the last unit; what it refused to do has no row.
 */
export function parityOf({ body, terms, prices, verdict }: SkySnapshot, id: HoldingId): BookEvent {
  const [held, vault, ilk] = [body.ilks[0]!, body.vaults[0]!, terms.ilks[0]!];
  const rate = rateAt(held, body.timestamp);
  const spot = prices.current === undefined ? undefined : spotOf(prices.current, ilk, terms);
  const unsafe = spot === undefined ? undefined : vault.ink * spot < vault.art * rate;
  const row = (figure: string, venue: Exact | undefined, ours: Exact | undefined): readonly ParityRow[] =>
    venue === undefined || ours === undefined
      ? []
      : [parityRow({ of: keyOf(vault), figure, venue, ours, allowed: exact(0n), decides: true })];
  const rows = [
    ...row("rate", ray(verdict.rate), ray(rate)),
    ...row("spot", ray(verdict.spot), ray(spot)),
    ...row("unsafe", flag(verdict.unsafe), flag(unsafe)),
  ];
  return { type: "parity", holding: id, rows, at: momentOf(body) };
}

const ray = (value: bigint | undefined): Exact | undefined => (value === undefined ? undefined : exact(value, 27));
const flag = (is: boolean | undefined): Exact | undefined => (is === undefined ? undefined : exact(is ? 1n : 0n));
