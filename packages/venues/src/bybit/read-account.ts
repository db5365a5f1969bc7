import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  ZERO,
  fail,
  isNegative,
  isZero,
  larger,
  magnitude,
  ms,
  negate,
  ok,
  quotient,
  subtract,
  why,
} from "@plimsoll/core/units";
import { entryOf } from "@plimsoll/venues/wire";
import type { Balance, Body, Funding, OpenOrder, Position } from "./holding.ts";
import { read, readBody } from "./read-holding.ts";
import {
  AccountAnswers,
  type Answers,
  type CoinRow,
  type OrderRow,
  SIDES,
  type TickerRow,
  type VenuePosition,
  type VenueWallet,
  heldIn,
  indexOf,
  isCounted,
} from "./read-rows.ts";
import { readResting } from "./read-resting.ts";
import { readRefusal } from "./read-refusal.ts";
import type { BybitTerms } from "./terms.ts";
import { sumOf } from "./totals.ts";

/** Raw answers of one reading, in the venue's own shapes; lists hold one answer a category and page. */
export interface RawAccount {
  /** GET /v5/account/info: the margin mode, which is the account's. */
  readonly info: unknown;
  /** GET /v5/account/wallet-balance. */
  readonly wallet: unknown;
  /** GET /v5/position/list of linear (each settlement coin), inverse and option, read after all the rest. */
  readonly positions: readonly unknown[];
  /** The same, read before the rest: where the two differ the reading is torn. */
  readonly before?: readonly unknown[];
  /** GET /v5/order/realtime of linear and inverse. */
  readonly orders: readonly unknown[];
  /** GET /v5/market/tickers of the symbols held. */
  readonly tickers: readonly unknown[];
  /** GET /v5/account/collateral-info: interest on what is borrowed. */
  readonly collateral?: unknown;
  /** GET /v5/spot-margin-trade/state. */
  readonly spotMargin?: unknown;
}

export interface ReadAccount {
  readonly body: Body;
  readonly wallet: VenueWallet;
  readonly positions: readonly VenuePosition[];
  /** The same positions before the wallet was read: its figures stand on marks between the two. */
  readonly before: readonly VenuePosition[];
  readonly marks: ReadonlyMap<string, Exact>;
  /** Price of each coin in USD, as the wallet values it; a coin without value has none. */
  readonly indexes: ReadonlyMap<string, Exact>;
}

const MODES = { ISOLATED_MARGIN: "isolated", REGULAR_MARGIN: "cross", PORTFOLIO_MARGIN: "portfolio" } as const;

/** Turns the answers of one reading into a holding's body and the venue's own figures; nothing is filled in. */
export function readAccount(raw: RawAccount, terms: Pick<BybitTerms, "contracts">): Result<ReadAccount, Why> {
  const parsed = readAnswers(raw);
  return parsed.ok ? accountOf(parsed.value, terms) : parsed;
}

/** Checks the shape of all answers of one reading, and refuses what is not one account at one moment. */
export function readAnswers(raw: RawAccount): Result<Answers, Why> {
  const parsed = read("account", AccountAnswers, raw);
  const refused = parsed.ok ? readRefusal(parsed.value) : undefined;
  return refused === undefined ? parsed : fail(refused);
}

/** The account that checked answers tell of. */
export function accountOf(answers: Answers, { contracts }: Pick<BybitTerms, "contracts">): Result<ReadAccount, Why> {
  const { info, orders, tickers, collateral, spotMargin } = answers;
  const [wallet] = answers.wallet.result.list;
  if (wallet === undefined) return fail(why("bybit/no-wallet", { next: "read the balance of the unified account" }));
  const rows = heldIn(answers.positions);
  const mode = MODES[info.result.marginMode];
  const positions: Position[] = [];
  for (const row of rows) {
    const contract = entryOf(contracts, row.symbol);
    if (contract === undefined)
      return fail(why("bybit/no-terms", { symbol: row.symbol, next: "read its risk limits into the terms" }));
    const made = positionOf(row, mode, contract.settle);
    if (!made.ok) return made;
    positions.push(made.value);
  }
  const settled = new Set(positions.map(({ coin }) => coin));
  const orderLoss = orderLossOf(wallet, mode);
  if (!orderLoss.ok) return orderLoss;
  const rates = new Map(collateral?.result.list.map((each) => [each.currency, each.hourlyBorrowRate]));
  const marks = tickers.flatMap(({ result }) => result.list);
  const spotLeverage = spotMargin?.result.spotLeverage;
  const open = orders.flatMap(({ result }) => result.list);
  const resting = readResting(open);
  const body = readBody({
    mode,
    balances: wallet.coin
      .filter((each) => isCounted(each, settled))
      .map((each) => balanceOf(each, positions, rates.get(each.coin))),
    orderLoss: orderLoss.value,
    ...(spotLeverage !== undefined && spotLeverage.digits > 0n && { spotLeverage }),
    positions,
    orders: open.map((each) => orderOf(each, positions)),
    ...(resting !== undefined && { resting }),
    funding: marks.filter(({ symbol }) => positions.some((each) => each.symbol === symbol)).flatMap(fundingOf),
  } satisfies Body);
  if (!body.ok) return body;
  const { coin: coins, ...figures } = wallet;
  return ok({
    body: body.value,
    wallet: figures,
    positions: rows,
    before: answers.before === undefined ? rows : heldIn(answers.before),
    marks: new Map([...rows, ...marks].map(({ symbol, markPrice }) => [symbol, markPrice])),
    indexes: new Map(coins.flatMap(indexOf)),
  });
}

function positionOf(row: VenuePosition, mode: Body["mode"], coin: string): Result<Position, Why> {
  const { symbol, size, leverage } = row;
  const entry = row.avgPrice ?? row.entryPrice;
  if (entry === undefined || leverage === undefined)
    return fail(why("bybit/unreadable", { what: symbol, detail: "no entry price or leverage", next: "read it again" }));
  const position = {
    symbol,
    side: SIDES[row.positionIdx],
    coin,
    size: row.side === "Sell" ? negate(size) : size,
    entry,
    leverage,
  };
  return ok(mode === "isolated" ? { ...position, posted: row.positionBalance } : position);
}

/** Cash is the wallet balance less what spot margin trading borrowed and what isolated positions hold. */
function balanceOf(raw: CoinRow, positions: readonly Position[], hourlyRate: Exact | undefined): Balance {
  const { coin, walletBalance, spotBorrow, totalOrderIM: orderMargin, marginCollateral, collateralSwitch } = raw;
  const posted = sumOf(positions.filter((each) => each.coin === coin).map((each) => each.posted ?? ZERO));
  const cash = subtract(subtract(walletBalance, spotBorrow), posted);
  const balance = { coin, cash, orderMargin, collateral: marginCollateral && collateralSwitch };
  return hourlyRate === undefined ? balance : { ...balance, hourlyRate };
}

/** An order the other way opens only what is beyond the position. */
function orderOf(
  { orderId: id, symbol, side, positionIdx, leavesQty, reduceOnly }: OrderRow,
  positions: readonly Position[],
): OpenOrder {
  const held = positions.find((each) => each.symbol === symbol && each.side === SIDES[positionIdx]);
  const against = held !== undefined && isNegative(held.size) === (side === "Buy");
  const opens = against ? larger(ZERO, subtract(leavesQty, magnitude(held.size))) : leavesQty;
  return { id, symbol, side: SIDES[positionIdx], opens: reduceOnly ? ZERO : opens };
}

const HOUR_MS = 3_600_000;

function fundingOf({ symbol, fundingRate, nextFundingTime, fundingIntervalHour }: TickerRow): Funding[] {
  if (fundingRate === undefined || nextFundingTime === undefined) return [];
  const next: Ms = nextFundingTime;
  if (fundingIntervalHour === undefined) return [{ symbol, rate: fundingRate, next }];
  return [{ symbol, rate: fundingRate, next, everyMs: ms(fundingIntervalHour * HOUR_MS) }];
}

/**
 * What resting spot orders take from the margin balance is not printed, but follows: available = margin balance - initial margin -
 * it. Where nothing is available it follows from the maintenance rate, and where that is 0 too it cannot be known.
 * @source Bybit API documentation, wallet balance
 */
function orderLossOf(wallet: VenueWallet, mode: Body["mode"]): Result<Exact, Why> {
  const { totalMarginBalance: balance, totalInitialMargin: initial, totalAvailableBalance: available } = wallet;
  if (mode === "isolated") return ok(ZERO);
  if (balance !== undefined && initial !== undefined && available !== undefined && available.digits > 0n)
    return ok(larger(ZERO, subtract(subtract(balance, initial), available)));
  const { totalMaintenanceMargin: maintenance, accountMMRate: rate } = wallet;
  if (balance !== undefined && maintenance !== undefined && rate !== undefined && rate.digits > 0n)
    return ok(larger(ZERO, subtract(balance, quotient(maintenance, rate, 8, "floor"))));
  if (balance !== undefined && isZero(balance)) return ok(ZERO);
  return fail(
    why("bybit/unknown-order-loss", {
      next: "cancel resting spot orders or read again: what they take from the margin balance cannot be told",
    }),
  );
}
