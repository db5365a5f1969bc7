import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  add,
  compare,
  dec,
  fail,
  magnitude,
  multiply,
  ok,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";
import { readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { type Balance, type Body, type Funding, type Interest, type OpenOrder, type Position } from "./holding.ts";
import { answerOf, figure, figureOrNone } from "./raw.ts";
import { readBody } from "./read-holding.ts";
import { readAlgoOrders, readOrders } from "./read-orders.ts";
import { type VenuePosition, positionOf, readPositions } from "./read-positions.ts";
import { OKX } from "./written.ts";

const Config = z.object({
  acctLv: z.enum(["1", "2", "3", "4"]),
  posMode: z.enum(["net_mode", "long_short_mode"]),
});

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

/** Raw answers of one reading, in the venue's own shapes. */
export interface RawAccount {
  /** GET account/config. */
  readonly config: unknown;
  /** GET account/balance. */
  readonly balance: unknown;
  /** GET account/positions, asked before and after the others: only what did not change between them fits together. */
  readonly positions: unknown;
  readonly positionsAfter: unknown;
  /** GET trade/orders-pending, all pages. */
  readonly orders: readonly unknown[];
  /** GET trade/orders-algo-pending, all kinds. */
  readonly algoOrders: readonly unknown[];
}

export interface ReadAccount {
  readonly body: Body;
  readonly account: VenueAccount;
  readonly positions: readonly VenuePosition[];
}

const read = readerOf(OKX);
const MODES = { "2": "futures", "3": "multi-currency", "4": "portfolio" } as const;

/** Reads GET account/balance, or one message of the account channel in its place. */
export function readBalance(raw: unknown): Result<VenueAccount, Why> {
  const rows = read("balance", answerOf(Account), raw);
  if (!rows.ok) return rows;
  const [account] = rows.value;
  return account === undefined
    ? fail(why("okx/no-balance", { next: "the venue told no account: read again" }))
    : ok(account);
}

/** Turns the raw answers of one reading into a holding's body and the venue's own figures; nothing is filled in. */
export function readAccount(raw: RawAccount): Result<ReadAccount, Why> {
  const config = read("account config", answerOf(Config), raw.config);
  if (!config.ok) return config;
  const [setting] = config.value;
  if (setting === undefined || setting.acctLv === "1") return fail(spotMode);
  const mode = MODES[setting.acctLv];
  const balance = readBalance(raw.balance);
  if (!balance.ok) return balance;
  const positions = readPositions(raw.positions);
  if (!positions.ok) return positions;
  const after = readPositions(raw.positionsAfter);
  if (!after.ok) return after;
  const torn = changedBetween(positions.value, after.value) ?? tornIn(balance.value, positions.value);
  if (torn !== undefined) return fail(torn);
  const held = collect(positions.value, (row) => positionOf(row, mode));
  if (!held.ok) return held;
  const own = held.value.filter((each): each is Position => each !== undefined);
  const orders = ordersOf(raw, own);
  if (!orders.ok) return orders;
  const body = readBody({
    mode,
    positionMode: setting.posMode === "net_mode" ? "net" : "long-short",
    balances: balance.value.details.map(balanceOf),
    positions: own,
    orders: orders.value,
    funding: [],
    interest: [],
  } satisfies Body);
  return body.ok ? ok({ body: body.value, account: balance.value, positions: positions.value }) : body;
}

/** The body with what is paid for time, read beside it. */
export const withRates = (
  account: ReadAccount,
  funding: readonly Funding[],
  interest: readonly Interest[],
): ReadAccount => ({ ...account, body: { ...account.body, funding, interest } });

const spotMode = why("okx/spot-mode", {
  next: "the account is in spot mode, which nothing here models: switch it to futures or multi-currency mode, or leave it out",
});

/** What orders take out of equity; portfolio margin does not tell it apart from other frozen amounts. */
const balanceOf = ({ ccy: coin, cashBal: cash, ordFrozen, frozenBal }: VenueCoin): Balance => ({
  coin,
  cash,
  frozen: ordFrozen ?? frozenBal,
});

function ordersOf(
  { orders, algoOrders }: RawAccount,
  positions: readonly Position[],
): Result<readonly OpenOrder[], Why> {
  const plain = collect(orders, (page) => readOrders(page, positions));
  if (!plain.ok) return plain;
  const waiting = collect(algoOrders, readAlgoOrders);
  return waiting.ok ? ok([...plain.value.flat(), ...waiting.value.flat()]) : waiting;
}

/** A position that changed while the account was read: the balance may be of before or after. */
function changedBetween(before: readonly VenuePosition[], after: readonly VenuePosition[]): Why | undefined {
  const stateOf = (row: VenuePosition) =>
    [row.pos, row.avgPx, row.margin].map((each) => (each === undefined ? "none" : text(each))).join(" ");
  const named = (rows: readonly VenuePosition[]) =>
    new Map(rows.map((row) => [`${row.instId}:${row.posSide}:${row.mgnMode}:${row.posId}`, stateOf(row)]));
  const [old, now] = [named(before), named(after)];
  const differs = [...new Set([...old.keys(), ...now.keys()])].find((name) => old.get(name) !== now.get(name));
  if (differs === undefined) return undefined;
  return why("okx/torn-reading", {
    position: differs,
    before: old.get(differs) ?? "none",
    after: now.get(differs) ?? "none",
    next: "read again: a position changed while the account was read",
  });
}

/** Printed with up to 16 digits: what is lost there. */
const LAST_DIGITS = dec("0.00000001");
/** Positions and balances are read a moment apart; the marks of a missing position are farther off than this share of its notional. */
const MARK_SHARE = dec("0.01");

/** A coin whose parts do not add up, or whose positions are not those that its profit comes from. */
function tornIn({ details }: VenueAccount, positions: readonly VenuePosition[]): Why | undefined {
  for (const { ccy, eq, cashBal, isoEq, isoUpl, upl } of details) {
    const own = positions.filter((row) => row.ccy === ccy);
    // assets of spot margin are inside equity in ways that differ by mode
    if (upl === undefined || isoEq === undefined || isoUpl === undefined) continue;
    if (own.some(({ instType }) => instType === "MARGIN")) continue;
    const parts = add(add(cashBal, isoEq), subtract(upl, isoUpl));
    if (compare(magnitude(subtract(eq, parts)), LAST_DIGITS) > 0) return tornCoin(ccy, "equity", eq, parts);
    const profit = own.reduce((sum, row) => add(sum, row.upl ?? ZERO), ZERO);
    const margins = own.reduce(
      (sum, row) => add(sum, multiply(row.imr ?? row.margin ?? ZERO, row.lever ?? ZERO)),
      ZERO,
    );
    const allowed = add(multiply(margins, MARK_SHARE), LAST_DIGITS);
    if (compare(magnitude(subtract(upl, profit)), allowed) > 0) return tornCoin(ccy, "profit", upl, profit);
  }
  return undefined;
}

const tornCoin = (coin: string, figureName: string, account: Exact, sum: Exact): Why =>
  why("okx/torn-reading", {
    coin,
    figure: figureName,
    account: text(account),
    sum: text(sum),
    next: "read again: balances and positions do not add up",
  });

function collect<A, B>(items: readonly A[], make: (item: A) => Result<B, Why>): Result<readonly B[], Why> {
  const made: B[] = [];
  for (const item of items) {
    const one = make(item);
    if (!one.ok) return one;
    made.push(one.value);
  }
  return ok(made);
}
