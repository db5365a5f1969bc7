import type { Compiled, Factor, Leg, LineName, MarginForm, Scene } from "@plimsoll/core/margin";
import { type AccountKey, type Exact, invariant, multiply, quotient, subtract, toNumber } from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import { type Ratio, cellsOf } from "./cells.ts";
import type { Body, Funding, Position } from "./holding.ts";
import { BALANCE_SCALE, type Priced, markKey } from "./position.ts";
import type { BinanceTerms } from "./terms.ts";
import { sumOf, totalsOf } from "./totals.ts";

const DAY_MS = 86_400_000;

/** The float64 form of one line of one account: a factor per symbol, profit as lines, maintenance as its tier curve. */
export function compile(body: Body, key: AccountKey, scene: Scene<BinanceTerms>, line: LineName): Compiled {
  const account = accountOf(body, key);
  if (account === undefined || account.positions.length === 0) return { none: "no-position" };
  if (line !== "maintenance" && line !== "initial") return { unknown: `binance has no ${line} line` };
  const totals = totalsOf(account, scene);
  if (!totals.ok) return { unknown: `${totals.failure.code} ${JSON.stringify(totals.failure.facts)}` };
  if (line === "initial" && totals.value.initial === undefined) return { unknown: "binance/no-leverage" };
  const groups = [...Map.groupBy(totals.value.priced, ({ position }) => position.symbol)];
  const need = groups.map(([, priced], factor) => (line === "initial" ? initialLeg : maintenanceLeg)(priced, factor));
  return { form: formOf(account, groups, need, line, scene, accrualOf(body.funding, groups)) };
}

type Group = readonly [symbol: string, priced: readonly Priced[]];

function formOf(
  account: Account,
  groups: readonly Group[],
  need: readonly Leg[],
  line: LineName,
  scene: Scene<BinanceTerms>,
  accrual: readonly Leg[],
): MarginForm {
  const paid = sumOf(account.positions.map(({ size, entry }) => multiply(size, entry)));
  const initial = line === "initial";
  return {
    line,
    unit: account.asset,
    quotes: groups.map(([symbol]) => markKey(symbol)),
    factors: groups.map((_, quote): Factor => ({ powers: [[quote, 1]] })),
    have: {
      constant: toNumber(subtract(account.wallet, paid)),
      legs: groups.map(([, priced], factor) => lineLeg(factor, toNumber(net(priced)))),
    },
    need: { constant: initial ? toNumber(account.orderMargin) : 0, legs: need },
    pools: [],
    atZero: initial ? "safe" : "liquidatable",
    concave: true,
    error: errorOf(account.positions.length, initial),
    compiledAtMs: scene.now,
    ...(accrual.length === 0 ? {} : { accrual: { constant: 0, legs: accrual } }),
  };
}

const net = (priced: readonly Priced[]): Exact => sumOf(priced.map(({ position }) => position.size));
const lineLeg = (factor: number, slope: number): Leg => ({ factor, curve: { kind: "line", slope } });

function maintenanceLeg(priced: readonly Priced[], factor: number): Leg {
  const cells = cellsOf(
    priced.map(({ position }) => position),
    priced[0]?.terms.tiers ?? [],
  );
  return {
    factor,
    curve: {
      kind: "pieces",
      knots: Float64Array.from(cells, ({ from }) => asFloat(from)),
      a: Float64Array.from(cells, ({ amount }) => -toNumber(amount)),
      b: Float64Array.from(cells, ({ slope }) => toNumber(slope)),
    },
  };
}

/** Notional over leverage, each side of a pair for itself. */
const initialLeg = (priced: readonly Priced[], factor: number): Leg =>
  lineLeg(
    factor,
    priced.reduce((sum, { position }) => sum + shareOf(position), 0),
  );
function shareOf({ size, leverage }: Position): number {
  invariant(leverage !== undefined, "an initial form needs every leverage");
  return Math.abs(toNumber(size)) / toNumber(leverage);
}

const asFloat = ({ over, under }: Ratio): number =>
  toNumber(quotient({ digits: over, scale: 0 }, { digits: under, scale: 0 }, 20, "half-even"));

/** Funding a day at the frozen rate: longs pay a positive rate. Only symbols whose interval is known. */
function accrualOf(funding: readonly Funding[], groups: readonly Group[]): readonly Leg[] {
  return groups.flatMap(([symbol, priced], factor) => {
    const found = funding.find((each) => each.symbol === symbol);
    if (found?.everyMs === undefined) return [];
    return [lineLeg(factor, (-toNumber(net(priced)) * toNumber(found.rate) * DAY_MS) / found.everyMs)];
  });
}

/**
 * The engine is exact except that initial margin is cut at 8 decimals, once a position. The form rounds each coefficient, each
 * quote, each product and each addition once: at most two terms a position and two constants.
 */
const errorOf = (positions: number, initial: boolean): MarginForm["error"] => ({
  absolute: initial ? positions * 10 ** -BALANCE_SCALE : 0,
  relative: (2 * positions + 6) * Number.EPSILON,
});
