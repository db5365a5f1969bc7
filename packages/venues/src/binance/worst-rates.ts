import type { Scene } from "@plimsoll/core/margin";
import { type Ms, type Result, type Why, add, fail, isNegative, isZero, ms, ok, why } from "@plimsoll/core/units";
import { quantityOf } from "./contract-value.ts";
import { SHORTEST_MS } from "./funding.ts";
import type { Body, Funding, Position } from "./holding.ts";
import { termsOf } from "./position.ts";
import type { BinanceTerms } from "./terms.ts";

/**
 * The holding with every symbol's funding at the bound that costs it most, each hour: from its next settlement, or from the next
 * full hour where that is not known. Both sides of a hedged symbol pay or receive one rate where they share an account, so the
 * larger one decides; isolated sides are charged each at its own bound.
 * @returns a failure where a bound was not read.
 * @source Binance announcements: a settlement at a bound switches the symbol to hourly settlement, README.md rule 29.
 */
export function atWorstRates(body: Body, { now, terms }: Scene<BinanceTerms>): Result<Body, Why> {
  const funding: Funding[] = [];
  for (const group of groupsOf(body)) {
    const [{ symbol, positionSide }] = group.positions;
    if (isDated(symbol)) continue;
    const found = termsOf(symbol, terms.body);
    if (!found.ok) return found;
    const bounds = found.value.funding;
    if (bounds === undefined)
      return fail(
        why("binance/no-funding-bound", {
          symbol,
          next: "connect the account: the cap of its funding is read from the venue",
        }),
      );
    const net = group.positions.map(({ size }) => quantityOf(size, found.value)).reduce(add);
    if (isZero(net)) continue;
    funding.push({
      symbol,
      rate: isNegative(net) ? bounds.floor : bounds.cap,
      next: body.funding.find((each) => each.symbol === symbol)?.next ?? nextHour(now),
      everyMs: SHORTEST_MS,
      ...(group.alone && { positionSide }),
    });
  }
  return ok({ ...body, funding });
}

/** A contract that is delivered pays no funding. @source symbols of dated contracts end in their day of delivery, "BTCUSD_261225" */
const isDated = (symbol: string): boolean => /_\d{6}$/.test(symbol);

const nextHour = (now: Ms): Ms => ms((Math.floor(now / SHORTEST_MS) + 1) * SHORTEST_MS);

interface Group {
  readonly positions: readonly [Position, ...Position[]];
  /** Whether its side is charged apart from the other. */
  readonly alone: boolean;
}

/** Positions that one rate is charged on: those of a symbol in one account. */
function groupsOf({ positions }: Body): readonly Group[] {
  const groups = new Map<string, [Position, ...Position[]]>();
  for (const position of positions) {
    const isolated = position.margin.mode === "isolated";
    const name = `${position.symbol}:${isolated ? position.positionSide : "cross"}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [position]);
    else group.push(position);
  }
  return [...groups.values()].map((group) => ({
    positions: group,
    alone: group[0].margin.mode === "isolated" && group[0].positionSide !== "BOTH",
  }));
}
