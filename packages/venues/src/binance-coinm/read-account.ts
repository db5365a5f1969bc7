import { type Result, type Why, fail, why } from "@plimsoll/core/units";
import { type RawAccount, type ReadAccount, readAccount } from "@plimsoll/venues/binance";
import { unreadableBy } from "@plimsoll/venues/wire";
import * as z from "zod";

/** Raw answers of one reading, in the shapes of COIN-M. */
export interface RawCoinmAccount {
  /** GET dapi v1 account. */
  readonly account: unknown;
  /** GET dapi v1 positionRisk: margin mode and leverage stand in its rows. */
  readonly positions: unknown;
  /** GET dapi v1 openOrders, openAlgoOrders, premiumIndex, fundingInfo. */
  readonly orders: unknown;
  readonly conditionals: unknown;
  readonly marks: unknown;
  readonly funding: unknown;
  /** GET dapi v1 positionSide/dual. */
  readonly dual: boolean;
}

const Key = z.object({ symbol: z.string(), positionSide: z.string() });
const Account = z.looseObject({ positions: z.array(z.looseObject({ ...Key.shape, maintMargin: z.string() })) });
const Rows = z.array(z.looseObject({ ...Key.shape, leverage: z.string(), marginType: z.enum(["cross", "isolated"]) }));

/**
 * Turns the raw answers of a COIN-M account into a holding's body and the marks it stands on. What USD-M tells in answers of their
 * own, coin, maintenance, margin mode and leverage of a position, is put where its reader looks; nothing is filled in.
 */
export function readCoinmAccount(raw: RawCoinmAccount): Result<ReadAccount, Why> {
  const parsed = z.object({ account: Account, positions: Rows }).safeParse(raw);
  if (!parsed.success) return fail(unreadableBy("binance-coinm")("account", parsed.error));
  const { account, positions } = parsed.data;
  const rows: unknown[] = [];
  for (const row of positions) {
    const marginAsset = /^(.+)USD_/.exec(row.symbol)?.[1];
    const own = account.positions.find(
      ({ symbol, positionSide }) => symbol === row.symbol && positionSide === row.positionSide,
    );
    if (marginAsset === undefined || own === undefined)
      return fail(why("binance/torn-reading", { position: row.symbol, next: "read again" }));
    rows.push({ ...row, marginAsset, maintMargin: own.maintMargin });
  }
  const config = positions.map(({ symbol, leverage, marginType }) => ({
    symbol,
    leverage,
    marginType: marginType === "cross" ? "CROSSED" : "ISOLATED",
  }));
  const { orders, conditionals, marks, funding, dual } = raw;
  const mode = { dual, multiAssets: false };
  return readAccount({
    account,
    positions: rows,
    config,
    orders,
    conditionals,
    marks,
    funding,
    mode,
  } satisfies RawAccount);
}
