import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { type Balance, type Body, type Funding, type Interest, type OpenOrder, type Position } from "./holding.ts";
import { answerOf } from "./raw.ts";
import { type VenueAccount, type VenueCoin, readBalance } from "./read-balance.ts";
import { readBody } from "./read-holding.ts";
import { readAlgoOrders, readOrders } from "./read-orders.ts";
import { readResting } from "./read-resting.ts";
import { type VenuePosition, positionOf, readPositions } from "./read-positions.ts";
import { changedBetween, tornIn } from "./read-torn.ts";
import { OKX } from "./written.ts";

const Config = z.object({
  acctLv: z.enum(["1", "2", "3", "4"]),
  posMode: z.enum(["net_mode", "long_short_mode"]),
});

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
  const resting = readResting(raw.orders, raw.algoOrders);
  const body = readBody({
    mode,
    positionMode: setting.posMode === "net_mode" ? "net" : "long-short",
    balances: balance.value.details.map(balanceOf),
    positions: own,
    orders: orders.value,
    ...(resting !== undefined && { resting }),
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

function collect<A, B>(items: readonly A[], make: (item: A) => Result<B, Why>): Result<readonly B[], Why> {
  const made: B[] = [];
  for (const item of items) {
    const one = make(item);
    if (!one.ok) return one;
    made.push(one.value);
  }
  return ok(made);
}
