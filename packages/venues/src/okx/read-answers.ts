import { type Ms, type Result, type Why, isNegative, isZero, ok } from "@plimsoll/core/units";
import * as z from "zod";
import type { Body, Funding, Interest } from "./holding.ts";
import { type ReadAccount, readAccount } from "./read-account.ts";
import { type VenuePrice, readFunding, readIndexes, readInterest, readMarks } from "./read-rates.ts";
import type { Wire } from "./transport.ts";

/** Kinds of orders that wait for a trigger; each is asked for by itself. @source OKX API documentation, orders-algo-pending */
const ALGO_KINDS = ["conditional,oco", "trigger", "move_order_stop", "chase", "iceberg", "twap"] as const;

/**
 * Asks for everything of one reading: balances right between two readings of the positions, so that a change in between is seen;
 * settings and orders after them.
 */
export async function askAccount(wire: Wire): Promise<Result<ReadAccount, Why>> {
  const positions = await wire.ask("positions", (each) => each.privateGetAccountPositions());
  if (!positions.ok) return positions;
  const balance = await wire.ask("balance", (each) => each.privateGetAccountBalance());
  if (!balance.ok) return balance;
  const after = await wire.ask("positions", (each) => each.privateGetAccountPositions());
  if (!after.ok) return after;
  const [config, orders, algoOrders] = await Promise.all([
    wire.ask("config", (each) => each.privateGetAccountConfig()),
    askPages(wire, "orders-pending", "ordId", (each, page) => each.privateGetTradeOrdersPending(page)),
    askAlgoOrders(wire),
  ]);
  if (!config.ok) return config;
  if (!orders.ok) return orders;
  if (!algoOrders.ok) return algoOrders;
  return readAccount({
    config: config.value,
    balance: balance.value,
    positions: positions.value,
    positionsAfter: after.value,
    orders: orders.value,
    algoOrders: algoOrders.value,
  });
}

async function askAlgoOrders(wire: Wire): Promise<Result<readonly unknown[], Why>> {
  const pages: unknown[] = [];
  for (const ordType of ALGO_KINDS) {
    const asked = await askPages(wire, "orders-algo-pending", "algoId", (each, page) =>
      each.privateGetTradeOrdersAlgoPending({ ordType, ...page }),
    );
    if (!asked.ok) return asked;
    pages.push(...asked.value);
  }
  return ok(pages);
}

/** A page has at most so many rows. @source OKX API documentation */
const PAGE = 100;

/** All pages of a list: each next one is asked for after the last row of the one before. */
async function askPages(
  wire: Wire,
  what: string,
  idOf: "ordId" | "algoId",
  ask: (client: Wire["client"], page: Readonly<Record<string, string>>) => Promise<unknown>,
): Promise<Result<readonly unknown[], Why>> {
  const pages: unknown[] = [];
  for (let page: Readonly<Record<string, string>> = {}; ;) {
    const answer = await wire.ask(what, (each) => ask(each, page));
    if (!answer.ok) return answer;
    pages.push(answer.value);
    const rows = z.object({ data: z.array(z.object({ [idOf]: z.string() })) }).safeParse(answer.value);
    const last = rows.success && rows.data.data.length >= PAGE ? rows.data.data.at(-1)?.[idOf] : undefined;
    if (last === undefined) return ok(pages);
    page = { after: last };
  }
}

/** Marks of the instruments and, where coins count, the index prices of all coins in USD. */
export async function askPrices(
  wire: Wire,
  instruments: ReadonlySet<string>,
  withIndexes: boolean,
): Promise<Result<{ readonly marks: readonly VenuePrice[]; readonly indexes: readonly VenuePrice[] }, Why>> {
  const marks: VenuePrice[] = [];
  for (const instType of new Set([...instruments].map(typeOf))) {
    const answer = await wire.ask("mark-price", (each) => each.publicGetPublicMarkPrice({ instType }));
    if (!answer.ok) return answer;
    const read = readMarks(answer.value);
    if (!read.ok) return read;
    marks.push(...read.value.filter(({ of }) => instruments.has(of)));
  }
  if (!withIndexes) return ok({ marks, indexes: [] });
  const answer = await wire.ask("index-tickers", (each) => each.publicGetMarketIndexTickers({ quoteCcy: "USD" }));
  if (!answer.ok) return answer;
  const indexes = readIndexes(answer.value);
  return indexes.ok ? ok({ marks, indexes: indexes.value }) : indexes;
}

const typeOf = (instrument: string): string => {
  if (instrument.endsWith("-SWAP")) return "SWAP";
  return instrument.split("-").length > 2 ? "FUTURES" : "MARGIN";
};

/** The next funding of every swap that is held. */
export async function askFunding(wire: Wire, { positions }: Body): Promise<Result<readonly Funding[], Why>> {
  const funding: Funding[] = [];
  for (const instId of new Set(positions.map(({ instrument }) => instrument))) {
    if (typeOf(instId) !== "SWAP") continue;
    const answer = await wire.ask("funding-rate", (each) => each.publicGetPublicFundingRate({ instId }));
    if (!answer.ok) return answer;
    const read = readFunding(answer.value);
    if (!read.ok) return read;
    funding.push(...read.value.filter(({ instrument }) => instrument === instId));
  }
  return ok(funding);
}

/** The rates on every coin that is owed, by the cross account or by a position on margin. */
export async function askInterest(wire: Wire, body: Body, now: Ms): Promise<Result<readonly Interest[], Why>> {
  const owed = new Set(body.balances.filter(({ cash }) => isNegative(cash)).map(({ coin }) => coin));
  for (const each of body.positions) {
    if (each.kind !== "margin") continue;
    const [base = "", quote = ""] = each.instrument.split("-");
    if (!isZero(each.owed.base)) owed.add(base);
    if (!isZero(each.owed.quote)) owed.add(quote);
  }
  if (owed.size === 0) return ok([]);
  const answer = await wire.ask("interest-rate", (each) => each.privateGetAccountInterestRate());
  return answer.ok ? readInterest(answer.value, owed, now) : answer;
}
