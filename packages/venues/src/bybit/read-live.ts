import { type Result, type Why, ok } from "@plimsoll/core/units";
import { readPages } from "./read-pages.ts";
import { readAnswers } from "./read-account.ts";
import type { Listed } from "./read-instruments.ts";
import { type Answers, heldIn } from "./read-rows.ts";
import { type Client, WEIGHT, type Wire } from "./transport.ts";

type Page = { readonly cursor?: string };
type Make = (client: Client, page: Page) => Promise<unknown>;

/** Lists of linear contracts are asked for by settlement coin; of the others one holds all. */
const CONTRACTS = [
  { category: "linear", settleCoin: "USDT" },
  { category: "linear", settleCoin: "USDC" },
  { category: "inverse" },
] as const;
/** Options are not modelled: whether one is held must be known all the same. */
const POSITIONS = [...CONTRACTS, { category: "option" }] as const;

/**
 * Asks for one whole reading. Positions are read first and last: what lies between belongs together only where the two are equal.
 * @param symbols whose tickers are read even where nothing is held in them.
 */
export async function readLive(
  wire: Wire,
  symbols: readonly string[],
  venue: ReadonlyMap<string, Listed>,
): Promise<Result<Answers, Why>> {
  const [before, info] = await Promise.all([
    askPositions(wire),
    wire.ask("account/info", (each) => each.privateGetV5AccountInfo(), WEIGHT.private),
  ]);
  if (!before.ok) return before;
  if (!info.ok) return info;
  const nothing = { wallet: EMPTY, orders: [], tickers: [] };
  const first = readAnswers({ info: info.value, positions: before.value, ...nothing });
  if (!first.ok) return first;
  const held = heldIn(first.value.positions).map(({ symbol }) => symbol);
  const [wallet, orders, tickers, collateral, spotMargin] = await Promise.all([
    wire.ask(
      "wallet-balance",
      (each) => each.privateGetV5AccountWalletBalance({ accountType: "UNIFIED" }),
      WEIGHT.private,
    ),
    askLists(wire, "order/realtime", CONTRACTS, (each, query) =>
      each.privateGetV5OrderRealtime({ ...query, limit: 50 }),
    ),
    askTickers(wire, new Set([...symbols, ...held]), venue),
    wire.ask("collateral-info", (each) => each.privateGetV5AccountCollateralInfo(), WEIGHT.private),
    wire.ask("spot-margin-trade/state", (each) => each.privateGetV5SpotMarginTradeState(), WEIGHT.private),
  ]);
  if (!wallet.ok) return wallet;
  if (!orders.ok) return orders;
  if (!tickers.ok) return tickers;
  const after = await askPositions(wire);
  if (!after.ok) return after;
  return readAnswers({
    info: info.value,
    wallet: wallet.value,
    before: before.value,
    positions: after.value,
    orders: orders.value,
    tickers: tickers.value,
    // without them no interest is projected, and a debt holds all of itself as initial margin
    ...(collateral.ok && { collateral: collateral.value }),
    ...(spotMargin.ok && { spotMargin: spotMargin.value }),
  });
}

const EMPTY = { retCode: 0, result: { list: [] } };

const askPositions = (wire: Wire): Promise<Result<readonly unknown[], Why>> =>
  askLists(wire, "position/list", POSITIONS, (each, query) => each.privateGetV5PositionList({ ...query, limit: 200 }));

/** Every page of each list; one that cannot be read to its end makes the whole unread. */
async function askLists(
  wire: Wire,
  what: string,
  lists: readonly Readonly<Record<string, string>>[],
  make: (client: Client, query: Readonly<Record<string, string>>) => Promise<unknown>,
): Promise<Result<readonly unknown[], Why>> {
  const paged =
    (list: Readonly<Record<string, string>>): Make =>
    (client, page) =>
      make(client, { ...list, ...page });
  return joined(await Promise.all(lists.map((list) => readPages(wire, what, paged(list), WEIGHT.private))));
}

/** A symbol that the venue does not list has no ticker: its missing terms say so. */
async function askTickers(
  wire: Wire,
  symbols: ReadonlySet<string>,
  venue: ReadonlyMap<string, Listed>,
): Promise<Result<readonly unknown[], Why>> {
  const listed = [...symbols].flatMap((symbol) => {
    const category = venue.get(symbol)?.category;
    return category === undefined ? [] : [{ category, symbol }];
  });
  const answers = await Promise.all(
    listed.map((query) => wire.ask("tickers", (each) => each.publicGetV5MarketTickers(query))),
  );
  return joined(answers.map((each) => (each.ok ? ok([each.value]) : each)));
}

function joined(lists: readonly Result<readonly unknown[], Why>[]): Result<readonly unknown[], Why> {
  const all: unknown[] = [];
  for (const list of lists) {
    if (!list.ok) return list;
    all.push(...list.value);
  }
  return ok(all);
}
