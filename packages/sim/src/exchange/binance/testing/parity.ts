import {
  absolute,
  type Account,
  availableOf,
  type ExchangeState,
  figuresOf,
  isCrossed,
  liquidationPrice,
  marketOf,
  ONE,
  rateFor,
  SCALE,
  type Scope,
  scopesOf,
  tierAt,
  tiersOf,
} from "@plimsoll/sim/exchange";
import {
  type Exact,
  accountKey,
  add,
  assetId,
  compare,
  dec,
  exact,
  hash,
  magnitude,
  maxOf,
  ms,
  multiply,
  quoteKey,
  quotient,
  subtract,
  text,
  venueId,
} from "@plimsoll/core/units";
import { liquidationPrice as enginePrice, margin } from "@plimsoll/venues/binance/margin";

type Body = Parameters<typeof margin.assess>[0];
type Scene = Parameters<typeof margin.assess>[2];
type Text = Readonly<Record<string, unknown>>;

/** What the front prints about one account: the same rows that a client reads. */
export interface Printed {
  readonly hedge: boolean;
  readonly assets: readonly Text[];
  readonly positions: readonly Text[];
  readonly config: readonly Text[];
  readonly marks: readonly Text[];
}

const number = (row: Text, field: string): Exact => dec(String(row[field]));

/** The engine's holding, from printed text only. */
function bodyOf({ hedge, assets, positions, config }: Printed): Body {
  return {
    mode: hedge ? "hedge" : "one-way",
    wallets: assets.map((row) => ({
      asset: String(row["asset"]),
      cross: number(row, "crossWalletBalance"),
      orderMargin: number(row, "openOrderInitialMargin"),
    })),
    positions: positions.map((row) => {
      const setting = config.find(({ symbol }) => symbol === row["symbol"]);
      return {
        symbol: String(row["symbol"]),
        positionSide: row["positionSide"] as "BOTH" | "LONG" | "SHORT",
        asset: String(row["marginAsset"]),
        size: number(row, "positionAmt"),
        entry: number(row, "entryPrice"),
        margin:
          setting?.["marginType"] === "ISOLATED"
            ? { mode: "isolated", wallet: number(row, "isolatedWallet") }
            : { mode: "cross" },
        leverage: dec(String(setting?.["leverage"])),
      };
    }),
    orders: [],
    funding: [],
  };
}

const unit = (value: bigint): Exact => exact(value, SCALE);
/** The engine's scene: printed marks, and terms made of the same brackets the venue charges by. */
function sceneOf(state: ExchangeState, account: Account, { marks }: Printed): Scene {
  const now = ms(state.now);
  const symbols = [...state.markets.values()].map((market) => {
    const { symbol, quote, tick, lot, minNotional, takerFee, liquidationFee } = market.instrument;
    const tiers = tiersOf(account, market).map(({ floor, cap, rate, amount, maxLeverage }) => ({
      floor: unit(floor),
      cap: unit(cap ?? floor * 2n),
      rate: unit(rate),
      amount: unit(amount),
      maxLeverage: exact(BigInt(maxLeverage)),
    }));
    return [
      symbol,
      {
        asset: quote,
        tick: unit(tick),
        step: unit(lot),
        minSize: unit(lot),
        minNotional: unit(minNotional),
        takerFee: unit(takerFee),
        liquidationFee: unit(liquidationFee),
        tiers,
      },
    ] as const;
  });
  const quotes = marks.map(
    (row) =>
      [
        quoteKey(`binance:${String(row["symbol"])}:mark`),
        { value: number(row, "markPrice"), kind: "mark", asOf: now },
      ] as const,
  );
  const terms = {
    venue: venueId("binance"),
    rules: "usdm-2025-09",
    validFrom: now,
    hash: hash("0".repeat(64)),
    source: "the simulated venue",
    body: { symbols: Object.fromEntries(symbols) },
  };
  return { now, quotes: new Map(quotes), terms };
}

/** An entry price is printed with twelve decimals: half a unit of the last one, on the whole size. */
const entryError = (positions: readonly Text[]): Exact =>
  positions.reduce((sum, row) => add(sum, multiply(magnitude(number(row, "positionAmt")), exact(5n, 13))), exact(0n));
const LAST_DIGIT = exact(1n, SCALE);

/**
 * Compares the venue's own margin figures with what the engine makes of the printed text: equity, maintenance, the flag,
 * liquidation prices, free margin. @returns one line a difference that the printed decimals do not explain.
 */
export function differences(state: ExchangeState, account: Account, printed: Printed): readonly string[] {
  const body = bodyOf(printed);
  const scene = sceneOf(state, account, printed);
  const found: string[] = [];
  const near = (what: string, venue: Exact, engine: Exact, allowed: Exact) => {
    if (compare(magnitude(subtract(venue, engine)), allowed) > 0)
      found.push(`${what}: venue ${text(venue)}, engine ${text(engine)}`);
  };
  const names = new Set(margin.accounts(body).map(String));
  for (const scope of scopesOf({ state }, account)) {
    const key = accountKey(scope.name);
    if (!names.delete(scope.name)) found.push(`${scope.name}: not an account of the engine`);
    const rows = printed.positions.filter((row) =>
      scope.positions.some(({ symbol, side }) => symbol === row["symbol"] && side === row["positionSide"]),
    );
    const slack = entryError(rows);
    const { equity, maintenance } = figuresOf({ state }, scope);
    const seen = margin.assess(body, key, scene);
    const line = seen.lines.find(({ name }) => name === "maintenance");
    if (seen.equity.is !== "known" || line === undefined) {
      found.push(`${scope.name}: the engine has no figures`);
      continue;
    }
    near(`${scope.name} equity`, exact(equity, 16), seen.equity.value, slack);
    near(`${scope.name} maintenance`, exact(maintenance, 24), line.required, exact(0n));
    const close = compare(magnitude(line.surplus), slack) <= 0;
    if (!close && line.crossed !== isCrossed({ state }, scope))
      found.push(`${scope.name} crossed: venue ${String(!line.crossed)}, engine ${String(line.crossed)}`);
    for (const symbol of new Set(scope.positions.map((position) => position.symbol))) {
      const venue = liquidationPrice({ state }, scope, symbol);
      const engine = enginePrice(body, key, symbol, scene);
      const prices = engine.ok ? [engine.value.down, engine.value.up].filter((price) => price !== undefined) : [];
      if (venue === null || prices.length === 0) {
        if ((venue === null) !== (prices.length === 0))
          found.push(
            `${scope.name} ${symbol} liquidation price: venue ${String(venue)}, engine ${prices.map(text).join(", ")}`,
          );
        continue;
      }
      const allowed = add(exact(2n, SCALE), quotient(slack, steepness(state, scope, symbol, venue), 12, "up"));
      if (!prices.some((price) => compare(magnitude(subtract(unit(venue), price)), allowed) <= 0))
        found.push(
          `${scope.name} ${symbol} liquidation price: venue ${text(unit(venue))}, engine ${prices.map(text).join(", ")}`,
        );
    }
  }
  for (const row of printed.assets) {
    const asset = String(row["asset"]);
    const seen = margin.assess(body, accountKey(`cross:${asset}`), scene);
    const venue = availableOf({ state }, account, asset);
    if (seen.unit !== assetId(asset) || seen.free.is !== "known") continue;
    const free = unit(venue < 0n ? 0n : venue);
    near(
      `${asset} free`,
      free,
      seen.free.value,
      add(entryError(printed.positions), multiply(LAST_DIGIT, exact(BigInt(printed.positions.length + 1)))),
    );
  }
  return found;
}

/** How fast a symbol's surplus changes with its price there: net size, less what the tiers take of all of it. In hedge mode nearly nothing may be left. */
function steepness(state: ExchangeState, scope: Scope, symbol: string, price: bigint): Exact {
  const own = scope.positions.filter((position) => position.symbol === symbol);
  const tiers = tiersOf(scope.account, marketOf({ state }, symbol));
  const slope = own.reduce((sum, { size }) => {
    const gross = absolute(size);
    return sum + size * ONE - gross * rateFor(tierAt(tiers, gross * price), size);
  }, 0n);
  return exact(maxOf(absolute(slope), 1n), 2 * SCALE);
}
