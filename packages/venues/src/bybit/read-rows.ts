import { type Exact, isNegative, isZero, quotient } from "@plimsoll/core/units";
import { wholeNumber } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Side } from "./holding.ts";
import { amountOrZero, answer, figure, figureOrNone, moment } from "./raw.ts";

// The venue's rows, as far as a holding is made of them; other fields pass by.

const name = z.string().min(1);

const Info = answer(
  z.object({
    marginMode: z.enum(["ISOLATED_MARGIN", "REGULAR_MARGIN", "PORTFOLIO_MARGIN"]),
    /** 1 classic, 3 and 4 unified 1.0, 5 and 6 unified 2.0. */
    unifiedMarginStatus: z.union([z.literal(1), z.literal([3, 4]), z.literal([5, 6])]),
  }),
);

const Coin = z.object({
  coin: name,
  walletBalance: figure,
  spotBorrow: amountOrZero,
  totalOrderIM: amountOrZero,
  equity: figure,
  usdValue: figureOrNone,
  marginCollateral: z.boolean().default(true),
  collateralSwitch: z.boolean().default(true),
});
const Wallet = z.object({
  totalMarginBalance: figureOrNone,
  totalInitialMargin: figureOrNone,
  totalMaintenanceMargin: figureOrNone,
  totalAvailableBalance: figureOrNone,
  accountIMRate: figureOrNone,
  accountMMRate: figureOrNone,
  coin: z.array(Coin),
});
/** The wallet's own figures in USD; absent where the venue leaves them empty. */
export type VenueWallet = Omit<z.infer<typeof Wallet>, "coin">;

/** A row of REST (`avgPrice`) or of the private stream (`entryPrice`). */
const PositionRow = z
  .object({
    symbol: name,
    positionIdx: z.union([z.literal(0), z.literal(1), z.literal(2)]),
    side: z.enum(["Buy", "Sell", ""]),
    size: figure,
    avgPrice: figureOrNone,
    entryPrice: figureOrNone,
    leverage: figureOrNone,
    positionBalance: amountOrZero,
    markPrice: figure,
    liqPrice: figureOrNone,
    bustPrice: figureOrNone,
    positionIM: figureOrNone,
    positionMM: figureOrNone,
    unrealisedPnl: figureOrNone,
  })
  .refine(({ size, side }) => isZero(size) === (side === ""), "a position has a side, an empty row none");
/** A position as the venue reports it; `liqPrice` absent where it prints none. */
export type VenuePosition = z.infer<typeof PositionRow>;

const Order = z.object({
  orderId: name,
  symbol: name,
  side: z.enum(["Buy", "Sell"]),
  positionIdx: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
  leavesQty: amountOrZero,
  reduceOnly: z.boolean().default(false),
  // of what lies there; where one is missing it is not known what does
  orderLinkId: z.string().optional(),
  orderStatus: z.string().optional(),
  orderType: z.string().optional(),
  qty: figureOrNone,
  price: figureOrNone,
  closeOnTrigger: z.boolean().default(false),
  triggerPrice: figureOrNone,
  triggerDirection: z.number().optional(),
  triggerBy: z.string().optional(),
});

const hours = wholeNumber.refine((every) => every >= 1 && every <= 24, "an interval of 1 to 24 hours");
const Ticker = z.object({
  symbol: name,
  markPrice: figure,
  fundingRate: figureOrNone,
  nextFundingTime: moment.optional(),
  fundingIntervalHour: hours.optional(),
});

const listOf = <S extends z.ZodType>(row: S) =>
  answer(z.object({ category: z.string().optional(), list: z.array(row) }));
/** The answers of one reading. */
export const AccountAnswers = z.object({
  info: Info,
  wallet: listOf(Wallet),
  before: z.array(listOf(PositionRow)).optional(),
  positions: z.array(listOf(PositionRow)),
  orders: z.array(listOf(Order)),
  tickers: z.array(listOf(Ticker)),
  collateral: listOf(z.object({ currency: name, hourlyBorrowRate: figureOrNone })).optional(),
  spotMargin: answer(z.object({ spotLeverage: figureOrNone })).optional(),
});
export type Answers = z.infer<typeof AccountAnswers>;
export type CoinRow = z.infer<typeof Coin>;
export type OrderRow = z.infer<typeof Order>;
export type TickerRow = z.infer<typeof Ticker>;

/** The venue's `positionIdx` in words. */
export const SIDES = ["one-way", "long", "short"] as const satisfies readonly Side[];

/** The rows that are positions: the venue lists empty ones too. */
export const heldIn = (lists: Answers["positions"]): readonly VenuePosition[] =>
  lists.flatMap(({ result }) => result.list).filter(({ size }) => !isZero(size));

/** Whether there is nothing of a coin, neither owned nor owed nor held by orders. */
const isEmpty = ({ walletBalance, spotBorrow, equity, totalOrderIM }: CoinRow): boolean =>
  [walletBalance, spotBorrow, equity, totalOrderIM].every(isZero);

const INDEX_SCALE = 12;

/** The price in USD at which the wallet values a coin; none of one that it gives no value. */
export const indexOf = ({ coin, equity, usdValue }: CoinRow): readonly (readonly [string, Exact])[] =>
  usdValue === undefined || isZero(equity) || isNegative(equity) !== isNegative(usdValue) || isZero(usdValue)
    ? []
    : [[coin, quotient(usdValue, equity, INDEX_SCALE, "half-even")]];

/**
 * A coin above 0 to which the venue gives no value in USD has no price either: left out it counts for nothing, which is what it is
 * worth as margin. One that is owed, or in which a position settles, stays, and without a price the wallet is unknown.
 */
export const isCounted = (raw: CoinRow, settled: ReadonlySet<string>): boolean =>
  isZero(raw.equity) ||
  isNegative(raw.equity) ||
  !isZero(raw.totalOrderIM) ||
  indexOf(raw).length > 0 ||
  settled.has(raw.coin);

/**
 * What terms an account needs: each symbol held, and each coin of which there is something or in which one of them settles, with
 * whether the venue takes it as margin.
 */
export function neededBy(
  { positions, wallet }: Answers,
  settleOf: (symbol: string) => string | undefined,
): { readonly symbols: readonly string[]; readonly coins: ReadonlyMap<string, boolean> } {
  const symbols = [...new Set(heldIn(positions).map(({ symbol }) => symbol))];
  const settled = new Set(symbols.flatMap((symbol) => settleOf(symbol) ?? []));
  const rows = wallet.result.list.flatMap(({ coin }) => coin);
  const held = rows.filter((each) => !isEmpty(each) && isCounted(each, settled));
  return {
    symbols,
    coins: new Map([
      ...[...settled].map((coin) => [coin, true] as const),
      ...held.map(({ coin, marginCollateral }) => [coin, marginCollateral] as const),
    ]),
  };
}
