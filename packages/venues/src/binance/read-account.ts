import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  compare,
  fail,
  isZero,
  ms,
  ok,
  text,
  why,
} from "@plimsoll/core/units";
import { wholeNumber } from "@plimsoll/venues/wire";
import * as z from "zod";
import { type Body, type Funding, type Position, positionName } from "./holding.ts";
import { readBody } from "./read-holding.ts";
import { readResting } from "./read-resting.ts";
import { side, unreadable, venueNumber, venueTime } from "./raw.ts";

const Account = z.object({
  multiAssetsMargin: z.boolean().optional(),
  assets: z.array(
    z.object({ asset: z.string(), crossWalletBalance: venueNumber, openOrderInitialMargin: venueNumber }),
  ),
  positions: z.array(z.object({ symbol: z.string(), positionSide: side, positionAmt: venueNumber })),
});

/** Place in the queue for deleveraging, 0 to 4. */
const queueLight = z
  .union([z.string().regex(/^[0-4]$/), z.number()])
  .transform(Number)
  .pipe(z.int().min(0).max(4));

const PositionRisk = z.array(
  z.object({
    symbol: z.string(),
    positionSide: side,
    positionAmt: venueNumber,
    entryPrice: venueNumber,
    isolatedWallet: venueNumber,
    marginAsset: z.string(),
    markPrice: venueNumber,
    maintMargin: venueNumber,
    liquidationPrice: venueNumber,
    adl: queueLight.optional().catch(undefined), // shown only: an odd light loses no account
  }),
);
export type VenuePosition = z.infer<typeof PositionRisk>[number];

const SymbolConfig = z.array(
  z.object({ symbol: z.string(), marginType: z.enum(["CROSSED", "ISOLATED"]), leverage: venueNumber }),
);

const OpenOrders = z.array(
  z.object({ symbol: z.string(), positionSide: side, orderId: z.union([z.string(), z.number()]).transform(String) }),
);

const Conditionals = z.array(
  z.object({ symbol: z.string(), positionSide: side, algoId: z.union([z.string(), z.number()]).transform(String) }),
);

export const Marks = z.array(
  z.object({
    symbol: z.string(),
    markPrice: venueNumber,
    lastFundingRate: z.union([z.literal("").transform((): undefined => undefined), venueNumber]),
    nextFundingTime: wholeNumber,
    time: venueTime,
  }),
);
export type VenueMark = z.infer<typeof Marks>[number];

const FundingInfo = z.array(
  z.object({
    symbol: z.string(),
    fundingIntervalHours: wholeNumber.refine((hours) => hours >= 1 && hours <= 24, "must be 1 to 24 hours"),
  }),
);

/** Raw answers of one reading, in the venue's own shapes. */
export interface RawAccount {
  /** GET v3 account. */
  readonly account: unknown;
  /** GET v3 positionRisk. */
  readonly positions: unknown;
  /** GET v1 symbolConfig. */
  readonly config: unknown;
  /** GET v1 openOrders. */
  readonly orders: unknown;
  /** GET v1 openAlgoOrders: orders that wait for a price. */
  readonly conditionals: unknown;
  /** GET v1 premiumIndex. */
  readonly marks: unknown;
  /** GET v1 fundingInfo: symbols whose funding is not the usual one. */
  readonly funding: unknown;
  /** GET v1 positionSide/dual and multiAssetsMargin. */
  readonly mode: { readonly dual: boolean; readonly multiAssets: boolean };
}

export interface ReadAccount {
  readonly body: Body;
  readonly positions: readonly VenuePosition[];
  readonly marks: readonly VenueMark[];
}

/** Turns the raw answers of one reading into a holding's body and the marks it stands on; nothing is filled in. */
export function readAccount(raw: RawAccount): Result<ReadAccount, Why> {
  const parsed = z
    .object({
      account: Account,
      positions: PositionRisk,
      config: SymbolConfig,
      orders: OpenOrders,
      conditionals: Conditionals,
      marks: Marks,
      funding: FundingInfo,
    })
    .safeParse(raw);
  if (!parsed.success) return fail(unreadable("account", parsed.error));
  const { account, positions, config, orders, conditionals, marks, funding } = parsed.data;
  if (account.multiAssetsMargin !== undefined && account.multiAssetsMargin !== raw.mode.multiAssets)
    return fail(why("binance/mode-changed", { multiAssets: String(account.multiAssetsMargin), next: "read again" }));
  const held = positions.filter(({ positionAmt }) => !isZero(positionAmt));
  const torn = tornBetween(account.positions, held);
  if (torn !== undefined) return fail(torn);
  const read: Position[] = [];
  for (const row of held) {
    const setting = config.find(({ symbol }) => symbol === row.symbol);
    if (setting === undefined)
      return fail(
        why("binance/no-margin-mode", {
          symbol: row.symbol,
          next: "read GET /fapi/v1/symbolConfig: cross and isolated cannot be told apart",
        }),
      );
    read.push(positionOf(row, setting));
  }
  const symbols = new Set(read.map(({ symbol }) => symbol));
  const resting = readResting(raw.orders, raw.conditionals);
  const body = readBody({
    mode: raw.mode.dual ? "hedge" : "one-way",
    wallets: account.assets.map(({ asset, crossWalletBalance: cross, openOrderInitialMargin: orderMargin }) => ({
      asset,
      cross,
      orderMargin,
    })),
    positions: read,
    orders: [
      ...orders.map(({ orderId: id, symbol, positionSide }) => ({ id, symbol, positionSide })),
      ...conditionals.map(({ algoId: id, symbol, positionSide }) => ({ id, symbol, positionSide, conditional: true })),
    ],
    ...(resting !== undefined && { resting }),
    funding: marks.filter(({ symbol }) => symbols.has(symbol)).flatMap((mark) => fundingOf(mark, funding)),
    ...(raw.mode.multiAssets && { unified: "multi-assets" as const }),
  } satisfies Body);
  if (!body.ok) return body;
  return ok({ body: body.value, positions: held, marks });
}

/** Two answers that show different positions were cut apart by a trade: neither is used. */
function tornBetween(account: z.infer<typeof Account>["positions"], risk: readonly VenuePosition[]): Why | undefined {
  const list = (
    rows: readonly {
      readonly symbol: string;
      readonly positionSide: Position["positionSide"];
      readonly positionAmt: Exact;
    }[],
  ) =>
    new Map(rows.filter(({ positionAmt }) => !isZero(positionAmt)).map((row) => [positionName(row), row.positionAmt]));
  const [left, right] = [list(account), list(risk)];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  const differs = names.find((name) => {
    const [a, b] = [left.get(name), right.get(name)];
    return a === undefined || b === undefined || compare(a, b) !== 0;
  });
  if (differs === undefined) return undefined;
  const amount = (value: Exact | undefined) => (value === undefined ? "none" : text(value));
  return why("binance/torn-reading", {
    position: differs,
    account: amount(left.get(differs)),
    positionRisk: amount(right.get(differs)),
    next: "read again",
  });
}

function positionOf(row: VenuePosition, setting: z.infer<typeof SymbolConfig>[number]): Position {
  const {
    symbol,
    positionSide,
    marginAsset: asset,
    positionAmt: size,
    entryPrice: entry,
    isolatedWallet: wallet,
    adl,
  } = row;
  const margin =
    setting.marginType === "ISOLATED" ? ({ mode: "isolated", wallet } as const) : ({ mode: "cross" } as const);
  return {
    symbol,
    positionSide,
    asset,
    size,
    entry,
    margin,
    leverage: setting.leverage,
    ...(adl !== undefined && { adl }),
  };
}

const HOUR_MS = 3_600_000;
/** Symbols that fundingInfo does not list settle every 8 hours. @source Binance USD-M documentation, Get Funding Rate Info */
const USUAL_HOURS = 8;

function fundingOf(
  { symbol, lastFundingRate: rate, nextFundingTime }: VenueMark,
  info: z.infer<typeof FundingInfo>,
): Funding[] {
  if (rate === undefined || nextFundingTime <= 0) return [];
  const hours = info.find((each) => each.symbol === symbol)?.fundingIntervalHours ?? USUAL_HOURS;
  const everyMs: Ms = ms(hours * HOUR_MS);
  return [{ symbol, rate, next: ms(nextFundingTime), everyMs }];
}
