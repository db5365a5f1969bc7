import { type Output, type Simulation, accountOf, isUser, marketOf } from "@plimsoll/sim/exchange";
import { positionRow, summaryRow } from "./account-payload.ts";
import { number, tickerRow } from "./market-payload.ts";
import { orderRow, tradeRow } from "./order-payload.ts";
import { type OwnOrder, ownOrderOf } from "./own-order.ts";
import { CURRENCY, pairOf } from "./perpetuals.ts";

/** What a channel that is followed is about; undefined for one that is not served. @source docs.deribit.com, subscriptions */
export type Channel =
  | { readonly of: "ticker" | "index"; readonly symbol: string }
  | { readonly of: "portfolio" }
  | { readonly of: "changes"; readonly instrument: string };

export function readChannel({ state }: Simulation, name: string): Channel | undefined {
  const [kind, of = "", third = ""] = name.split(".");
  const markets = [...state.markets.values()];
  if (kind === "ticker") return state.markets.has(of) ? { of: "ticker", symbol: of } : undefined;
  if (kind === "deribit_price_index") {
    const market = markets.find(({ instrument }) => pairOf(instrument) === of);
    return market && { of: "index", symbol: market.instrument.symbol };
  }
  if (kind !== "user") return undefined;
  if (of === "portfolio") return third === "any" || third === CURRENCY.toLowerCase() ? { of: "portfolio" } : undefined;
  return of === "changes" ? { of: "changes", instrument: third } : undefined;
}

export const isPrivate = ({ of }: Channel): boolean => of === "portfolio" || of === "changes";

/** Data of a price channel now. */
export function priceData(simulation: Simulation, channel: Extract<Channel, { readonly symbol: string }>) {
  const market = marketOf(simulation, channel.symbol);
  const now = simulation.now();
  return channel.of === "ticker"
    ? tickerRow(market, simulation.seed, now)
    : { index_name: pairOf(market.instrument), price: number(market.index), timestamp: now };
}

/** Data of an account channel after one step; undefined where nothing of it changed. */
export function accountData(simulation: Simulation, account: string, channel: Channel, outputs: readonly Output[]) {
  const own = outputs.filter((output) => ownerOf(output) === account && isUser(account));
  if (own.length === 0) return undefined;
  if (channel.of === "portfolio") return summaryRow(simulation, accountOf(simulation, account));
  if (channel.of !== "changes") return undefined;
  const about = (symbol: string) => channel.instrument === "any" || channel.instrument === symbol;
  const orders = own.flatMap((output) => toldOrder(simulation, output)).map((each) => orderRow(each));
  const trades = own.flatMap((output) =>
    output.type === "order" && output.trade !== undefined ? [tradeRow(simulation, output.trade)] : [],
  );
  const positions = [...accountOf(simulation, account).positions.values()].map((each) =>
    positionRow(simulation, accountOf(simulation, account), each),
  );
  const of = <R extends { readonly instrument_name: string }>(rows: readonly R[]) =>
    rows.filter((row) => about(row.instrument_name));
  return { instrument_name: channel.instrument, orders: of(orders), trades: of(trades), positions: of(positions) };
}

function ownerOf(output: Output): string {
  if (output.type === "order") return output.order.account;
  if (output.type === "conditional") return output.conditional.account;
  return output.type === "account" ? output.account : "";
}

function toldOrder(simulation: Simulation, output: Output): readonly OwnOrder[] {
  if (output.type === "order") return [ownOrderOf(simulation, output.order)];
  return output.type === "conditional" ? [{ is: "trigger", trigger: output.conditional }] : [];
}
