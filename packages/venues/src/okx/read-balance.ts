import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { answerOf, figure, figureOrNone } from "./raw.ts";
import { OKX } from "./written.ts";

const Detail = z.object({
  ccy: z.string().min(1),
  eq: figure,
  cashBal: figure,
  frozenBal: figure,
  ordFrozen: figureOrNone,
  isoEq: figureOrNone,
  isoUpl: figureOrNone,
  upl: figureOrNone,
  imr: figureOrNone,
  mmr: figureOrNone,
  mgnRatio: figureOrNone,
  coinUsdPrice: figureOrNone,
  /** Whether the owner lets the coin count as collateral, in multi-currency margin. */
  collateralEnabled: z.boolean().optional(),
});
/** One coin of the trading account as the venue reports it. */
export type VenueCoin = z.infer<typeof Detail>;

const Account = z.object({
  totalEq: figureOrNone,
  adjEq: figureOrNone,
  imr: figureOrNone,
  mmr: figureOrNone,
  mgnRatio: figureOrNone,
  details: z.array(Detail),
});
/** The trading account as the venue reports it; a figure that it leaves empty is absent. */
export type VenueAccount = z.infer<typeof Account>;

const read = readerOf(OKX);

/** Reads GET account/balance, or one message of the account channel in its place. */
export function readBalance(raw: unknown): Result<VenueAccount, Why> {
  const rows = read("balance", answerOf(Account), raw);
  if (!rows.ok) return rows;
  const [account] = rows.value;
  return account === undefined
    ? fail(why("okx/no-balance", { next: "the venue told no account: read again" }))
    : ok(account);
}
