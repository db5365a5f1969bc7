import { type Result, minOf } from "@plimsoll/core/units";
import { cancelConditional, end, fireTriggers, openConditionals, placeConditional } from "./conditional.ts";
import { onGrid } from "./fixed.ts";
import { samplePremium, settleFunding } from "./funding.ts";
import { ladder, refill } from "./ladder.ts";
import { liquidateAll } from "./liquidation.ts";
import { callMargins } from "./margin-call.ts";
import { markOf, recordBasis } from "./mark.ts";
import { endOrder, isReducing, reducible } from "./match.ts";
import { cancelAll, cancelOrder, forgetClosed, placeOrder } from "./order.ts";
import { setHedge, setLeverage, setMargin, moveMargin } from "./settings.ts";
import type { ExchangeState, Market, Order } from "./state.ts";
import { unwindFund } from "./takeover.ts";
import { fillByLadder } from "./trade.ts";
import {
  DONE,
  type Input,
  type Output,
  type Refusal,
  type Reply,
  type Turn,
  accountOf,
  marketOf,
  tell,
} from "./turn.ts";
import { credit, recordIncome } from "./wallet.ts";

/** Marks, triggers and liquidations feed each other; a cascade longer than this goes on at the next step. */
const ROUNDS = 64;

/**
 * One step of the exchange: time passes to `now`, the input happens, and everything that follows from it happens too.
 * The same state, input, time and seed always give the same result.
 * @param state is changed in place and returned; nobody else may hold on to parts of it.
 * @param now never before the last step's.
 */
export function step(
  state: ExchangeState,
  input: Input,
  now: number,
  seed: bigint,
): { readonly state: ExchangeState; readonly outputs: readonly Output[] } {
  const turn: Turn = { state, now: Math.max(now, state.now), seed, out: [] };
  passTime(turn);
  tell(turn, { type: "reply", result: applyInput(turn, input) });
  unwindFund(turn);
  for (let round = 0; round < ROUNDS && follow(turn); round += 1);
  callMargins(turn);
  return { state, outputs: turn.out };
}

function passTime(turn: Turn): void {
  const { state, now } = turn;
  for (const market of state.markets.values()) {
    if (now > state.now) refill(market, now - state.now, turn.seed);
    samplePremium(market, now);
    market.mark = markOf(market, now);
    settleFunding(turn, market);
  }
  state.now = now;
}

function applyInput(turn: Turn, input: Input): Result<Reply, Refusal> {
  const { state } = turn;
  switch (input.type) {
    case "clock":
      return DONE;
    case "price": {
      const market = marketOf(turn, input.symbol);
      market.index = input.index;
      market.mid = input.mid ?? input.index;
      // others trade at the middle as it moves
      market.last = onGrid(market.mid, market.instrument.tick, "half-even");
      return DONE;
    }
    case "mode":
      for (const market of state.markets.values())
        if (input.symbol === undefined || input.symbol === market.instrument.symbol) market.mode = input.mode;
      return DONE;
    case "deposit":
      credit(accountOf(turn, input.account), input.asset, input.amount);
      state.deposited.set(input.asset, (state.deposited.get(input.asset) ?? 0n) + input.amount);
      recordIncome(turn, input.account, "TRANSFER", input.asset, "", input.amount);
      tell(turn, { type: "account", account: input.account, reason: "DEPOSIT", assets: [input.asset], positions: [] });
      return DONE;
    case "coef":
      accountOf(turn, input.account).coef = input.coef;
      return DONE;
    case "order":
      return placeOrder(turn, input.account, input.order);
    case "cancel":
      return cancelOrder(turn, input.account, input.symbol, input.ref);
    case "cancel-all":
      return cancelAll(turn, input.account, input.symbol);
    case "conditional":
      return placeConditional(turn, input.account, input.order);
    case "cancel-conditional":
      return cancelConditional(turn, input.account, input.ref);
    case "cancel-all-conditionals":
      for (const conditional of openConditionals(turn, input.account, input.symbol))
        end(turn, conditional, "CANCELED", "");
      return DONE;
    case "leverage":
      return setLeverage(turn, input.account, input.symbol, input.leverage);
    case "margin":
      return setMargin(turn, input.account, input.symbol, input.margin);
    case "hedge":
      return setHedge(turn, input.account, input.hedge);
    case "move-margin":
      return moveMargin(turn, input.account, input.symbol, input.positionSide, input.amount);
    case "forget-closed":
      forgetClosed(turn);
      return DONE;
  }
}

/** What follows from the new prices and positions. @returns true when it has to be looked at again. */
function follow(turn: Turn): boolean {
  let again = false;
  for (const market of turn.state.markets.values()) {
    again = meetLadder(turn, market) || again;
    remark(turn, market);
  }
  again = fireTriggers(turn) || again;
  again = liquidateAll(turn) || again;
  for (const market of turn.state.markets.values()) expireEmptyReducers(turn, market);
  return again;
}

function remark(turn: Turn, market: Market): void {
  recordBasis(turn, market);
  market.mark = markOf(market, turn.now);
}

/** Fills resting orders that the synthetic liquidity has come to, at their own price. */
function meetLadder(turn: Turn, market: Market): boolean {
  if (market.mode === "halted" || market.mode === "cancel-only") return false;
  let met = false;
  for (const order of [...market.bids, ...market.asks]) {
    const reached = ladder(market, order.side, turn.seed).filter(({ price }) =>
      order.side === "buy" ? price <= order.price : price >= order.price,
    );
    const there = reached.reduce((sum, level) => sum + level.size, 0n);
    const size = minOf(
      minOf(order.size - order.filled, isReducing(order) ? reducible(turn, order) : order.size),
      there,
    );
    if (size === 0n) continue;
    fillByLadder(turn, market, order, size);
    met = true;
  }
  return met;
}

/** The venue takes a reducing order away when there is nothing left that it could reduce. */
function expireEmptyReducers(turn: Turn, market: Market): void {
  const empty = (order: Order) => isReducing(order) && reducible(turn, order) === 0n;
  for (const order of [...market.bids, ...market.asks].filter(empty)) endOrder(turn, market, order, "EXPIRED");
}
