import {
  type Account,
  accountOf,
  averageText,
  cut,
  maintenanceOf,
  marketOf,
  onStep,
  type Output,
  type Position,
  type PositionSide,
  printed,
  profitOf,
  settingsOf,
  type Simulation,
  tiersOf,
  walletOf,
} from "@plimsoll/sim/exchange";
import { conditionalPayload, orderPayload } from "./order-payload.ts";

/** An event of one account's private stream. */
export interface UserEvent {
  readonly account: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** What the outputs of one step say to each account, in the venue's words; of several account updates with one reason the last. */
export function userEvents(simulation: Simulation, outputs: readonly Output[]): readonly UserEvent[] {
  const events: UserEvent[] = [];
  const updates = new Map<string, Extract<Output, { type: "account" }>>();
  const { now: E } = simulation.state;
  for (const output of outputs) {
    if (output.type === "order") events.push({ account: output.order.account, event: orderUpdate(simulation, output) });
    else if (output.type === "conditional")
      events.push({ account: output.conditional.account, event: algoUpdate(simulation, output) });
    else if (output.type === "margin-call")
      events.push({ account: output.account, event: marginCall(simulation, output) });
    else if (output.type === "config")
      events.push({
        account: output.account,
        event: { e: "ACCOUNT_CONFIG_UPDATE", E, T: E, ac: { s: output.symbol, l: output.leverage } },
      });
    else if (output.type === "account") {
      const key = `${output.account}/${output.reason}`;
      const positions = [...new Set([...(updates.get(key)?.positions ?? []), ...output.positions])];
      updates.set(key, { ...output, positions });
    }
  }
  for (const update of updates.values())
    events.push({ account: update.account, event: accountUpdate(simulation, update) });
  return events.filter(({ account }) => !account.startsWith("#"));
}

/** How the venue names the status of forced executions. */
const FORCED = { adl: "NEW_ADL", insurance: "NEW_INSURANCE" } as const;

function orderUpdate({ state }: Simulation, { did, order, trade }: Extract<Output, { type: "order" }>) {
  const market = marketOf({ state }, order.symbol);
  const { tick, lot, quote } = market.instrument;
  const plain = orderPayload(order, market);
  const status = order.origin === "adl" || order.origin === "insurance" ? FORCED[order.origin] : order.status;
  const o = {
    s: order.symbol,
    c: order.clientId,
    S: plain.side,
    o: order.type,
    f: order.timeInForce,
    q: plain.origQty,
    p: plain.price,
    ap: plain.avgPrice,
    sp: "0",
    x: did,
    X: status,
    i: order.id,
    l: onStep(trade?.size ?? 0n, lot),
    z: plain.executedQty,
    L: onStep(trade?.price ?? 0n, tick),
    N: quote,
    n: printed(trade?.fee ?? 0n),
    T: order.updatedAt,
    t: trade?.id ?? 0,
    b: "0",
    a: "0",
    m: trade?.maker ?? false,
    R: order.reduceOnly,
    wt: "CONTRACT_PRICE",
    ot: order.type,
    ps: order.positionSide,
    cp: order.closePosition,
    pP: false,
    si: 0,
    ss: 0,
    rp: printed(trade?.realized ?? 0n),
    V: "EXPIRE_MAKER",
    pm: "NONE",
    gtd: 0,
  };
  return { e: "ORDER_TRADE_UPDATE", E: state.now, T: order.updatedAt, o };
}

function algoUpdate({ state }: Simulation, { conditional, why }: Extract<Output, { type: "conditional" }>) {
  const one = conditionalPayload(conditional, marketOf({ state }, conditional.symbol));
  const o = {
    caid: one.clientAlgoId,
    aid: one.algoId,
    at: "CONDITIONAL",
    o: one.type,
    s: one.symbol,
    S: one.side,
    ps: one.positionSide,
    f: one.timeInForce,
    q: one.quantity,
    X: one.algoStatus,
    ai: one.actualOrderId,
    tp: one.triggerPrice,
    p: one.price,
    V: "EXPIRE_MAKER",
    wt: one.workingType,
    pm: "NONE",
    cp: one.closePosition,
    pP: false,
    R: one.reduceOnly,
    tt: one.triggerTime,
    gtd: 0,
    rm: why,
  };
  return { e: "ALGO_UPDATE", E: state.now, T: state.now, o };
}

/** A position by its key, also when it is gone: the venue then reports it with size 0. */
function positionFor(account: Account, key: string): Position {
  const [symbol, side] = key.split(":") as [string, PositionSide];
  return account.positions.get(key) ?? { symbol, side, size: 0n, cost: 0n, isolated: 0n, updatedAt: 0 };
}

function accountUpdate(
  { state }: Simulation,
  { account: id, reason, assets, positions }: Extract<Output, { type: "account" }>,
) {
  const account = accountOf({ state }, id);
  const isolatedIn = (asset: string) =>
    [...account.positions.values()].reduce(
      (sum, { symbol, isolated }) => (marketOf({ state }, symbol).instrument.quote === asset ? sum + isolated : sum),
      0n,
    );
  const B = assets.map((asset) => ({
    a: asset,
    wb: printed(walletOf(account, asset) + isolatedIn(asset)),
    cw: printed(walletOf(account, asset)),
    bc: "0",
  }));
  const P = positions.map((key) => {
    const position = positionFor(account, key);
    const market = marketOf({ state }, position.symbol);
    const entry = averageText(position.cost, position.size);
    const mt = settingsOf(account, position.symbol).margin;
    const up = cut(profitOf(position, market.mark), 16);
    return {
      s: position.symbol,
      pa: onStep(position.size, market.instrument.lot),
      ep: entry,
      bep: entry,
      cr: "0",
      up,
      mt,
      iw: printed(position.isolated),
      ps: position.side,
      ma: market.instrument.quote,
    };
  });
  return { e: "ACCOUNT_UPDATE", E: state.now, T: state.now, a: { m: reason, B, P } };
}

function marginCall({ state }: Simulation, { account: id, positions }: Extract<Output, { type: "margin-call" }>) {
  const account = accountOf({ state }, id);
  const p = positions.map((key) => {
    const position = positionFor(account, key);
    const market = marketOf({ state }, position.symbol);
    const mm = cut(maintenanceOf(tiersOf(account, market), position.size, market.mark), 24);
    const mt = settingsOf(account, position.symbol).margin === "cross" ? "CROSSED" : "ISOLATED";
    return {
      s: position.symbol,
      ps: position.side,
      pa: onStep(position.size, market.instrument.lot),
      mt,
      iw: printed(position.isolated),
      mp: printed(market.mark),
      up: cut(profitOf(position, market.mark), 16),
      mm,
    };
  });
  const [first] = state.markets.values();
  return { e: "MARGIN_CALL", E: state.now, cw: printed(walletOf(account, first?.instrument.quote ?? "")), p };
}
