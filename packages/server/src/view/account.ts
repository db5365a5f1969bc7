import type { Line } from "@plimsoll/core/margin";
import type { Guard } from "@plimsoll/core/policy";
import { familyOf } from "@plimsoll/core/risk";
import type { AccountView, BookCover, Boundary } from "@plimsoll/core/turn";
import {
  type Ms,
  add,
  fromNumber,
  isNegative,
  isZero,
  quotient,
  quoteKey,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";
import type { Account, AccountLine, CommonMove, Health, Liquidation, PricePoint } from "@plimsoll/server/contract";
import { viewComing } from "./coming.ts";
import { viewCover } from "./cover.ts";
import { decimalOf, viewAmount, viewFigure, viewMoment, viewReason } from "./plain.ts";

/** One account as every door shows it; `at` is the book's time, `coverage` the whole book's where it was asked for. */
export function viewAccount(
  view: AccountView,
  guards: readonly Guard[],
  at: Ms,
  coverage?: readonly BookCover[],
): Account {
  const watching = guards.filter((guard) => watches(guard, view, at));
  const unit = view.assessment?.unit ?? "";
  return {
    key: keyOf(view),
    holding: view.holding,
    account: view.account,
    venue: view.venue,
    rules: view.rules,
    danger: view.danger,
    because: viewReason(view.because),
    asOf: viewMoment(view.asOf),
    stale: view.equity.is === "stale" || view.equity.is === "unknown",
    equity: viewFigure(view.equity, unit),
    health: viewHealth(view),
    ...(view.maintenance && { used: usedOf(view.maintenance), headroom: viewAmount(view.maintenance.surplus, unit) }),
    liquidation: viewLiquidation(view),
    ...(view.distance !== undefined && { distance: decimalOf(view.distance, 6) }),
    lines: (view.assessment?.lines ?? []).map((line) => viewLine(line, unit)),
    coverage: watching.some(({ mode }) => mode === "armed") ? "armed" : watching.length > 0 ? "shadow" : "none",
    guards: watching.map(({ id }) => id),
    ...(coverage && { covers: coverage.filter((cover) => concerns(cover, view)).map(viewCover) }),
    ...(view.foreseen && { coming: view.foreseen.map((each) => viewComing(each, view.danger, at)) }),
  };
}

export const keyOf = ({ holding, account }: Pick<AccountView, "holding" | "account">): string =>
  `${holding}/${account}`;

/** A holding that cannot be read has one cover in its own name: it stands for each of its accounts. */
const concerns = (cover: BookCover, { holding, account }: AccountView): boolean =>
  cover.holding === holding && (cover.account === account || String(cover.account) === holding);

/** An expired guard watches nothing. */
function watches({ scope, bounds }: Guard, view: AccountView, at: Ms): boolean {
  if (bounds.expires !== undefined && bounds.expires <= at) return false;
  return scope.holding === view.holding && (scope.account === undefined || scope.account === view.account);
}

function viewHealth({ maintenance, assessment, equity, because }: AccountView): Health {
  if (maintenance !== undefined) return { is: "value", value: text(maintenance.health) };
  if (assessment !== undefined && (equity.is === "known" || equity.is === "none")) return { is: "no-debt" };
  return { is: "unknown", why: viewReason(equity.is === "unknown" ? equity.why : because) };
}

/** Share of what the account has that the line needs, rounded up; an account that has nothing uses all of it. */
function usedOf({ required, surplus }: Line): string {
  const have = add(required, surplus);
  if (isZero(required)) return "0";
  return isZero(have) || isNegative(have) ? "1" : text(quotient(required, have, 6, "ceil"));
}

function viewLine(line: Line, unit: string): AccountLine {
  const { name, crossed, meaning } = line;
  return {
    name,
    required: viewAmount(line.required, unit),
    surplus: viewAmount(line.surplus, unit),
    health: text(line.health),
    crossed,
    meaning,
  };
}

/** The six states of display rule "liquidation price": both directions are shown where one price has both. */
function viewLiquidation(view: AccountView): Liquidation {
  const { maintenance, danger, because, boundaries } = view;
  if (maintenance?.crossed === true || danger === "liquidatable")
    return { is: "already-below", why: viewReason(because) };
  const [nearest, ...others] = boundaries.flatMap(viewPoints).toSorted((a, b) => nearness(a) - nearness(b));
  const together = viewTogether(view, nearest);
  if (nearest === undefined && together !== undefined) return { is: "together", together };
  if (nearest === undefined) {
    const health = viewHealth(view);
    if (health.is === "unknown") return { is: "unknown", why: health.why };
    if (health.is === "no-debt") return { is: "none", why: why("no-debt") };
    return danger === "unknown"
      ? { is: "unknown", why: viewReason(because) }
      : { is: "none", why: why("no-price-reaches-the-line") };
  }
  const opposite = others.find(({ quote, move }) => quote === nearest.quote && falls(move) !== falls(nearest.move));
  const common = together && { together };
  if (opposite === undefined) return { is: "price", nearest, others, ...common };
  const [down, up] = falls(nearest.move) ? [nearest, opposite] : [opposite, nearest];
  return { is: "both", down, up, others: others.filter((point) => point !== opposite), ...common };
}

/** The common move, where it is nearer than the nearest price alone. */
function viewTogether({ together, boundaries }: AccountView, nearest: PricePoint | undefined): CommonMove | undefined {
  if (together === undefined) return undefined;
  const { quotes, share, falls: isFall, multiplier } = together;
  if (nearest !== undefined && nearness(nearest) <= share / multiplier) return undefined;
  const move = isFall ? -share : share;
  const points = boundaries
    .filter(({ quote }) => quotes.includes(quote))
    .map((boundary) => viewPoint(boundary, boundary.now * (1 + move)));
  return { points, move: decimalOf(move, 6) };
}

const falls = (move: string) => move.startsWith("-");
/** The move for how far such a price moves: USDC at +40 % is further than ETH at −60 %. A picture's order, not a figure. */
const nearness = ({ quote, move }: PricePoint) => Math.abs(Number(move)) / familyOf(quoteKey(quote)).multiplier;

const viewPoints = (boundary: Boundary): PricePoint[] =>
  [boundary.down, boundary.up]
    .filter((price) => price !== undefined && price > 0 && boundary.now > 0)
    .map((price) => viewPoint(boundary, price as number));

const viewPoint = ({ quote, kind, now }: Boundary, price: number): PricePoint => ({
  quote,
  kind,
  now: decimalOf(now),
  price: decimalOf(price),
  move: text(quotient(subtract(fromNumber(price), fromNumber(now)), fromNumber(now), 6, "down")),
});
