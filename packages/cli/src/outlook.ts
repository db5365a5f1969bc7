import type { BookEvent } from "@plimsoll/core/book";
import type { Repayable } from "@plimsoll/core/margin";
import { ASSUMED_MOVES, type Carry, type Reach, carryOf, likelyMove } from "@plimsoll/core/risk";
import { type AccountView, applyEvent, groundOf, isGround, noFacts } from "@plimsoll/core/turn";
import { type Figure, type Ms, text, trim, unknown, why } from "@plimsoll/core/units";
import { sha256 } from "@plimsoll/keeper";
import { moveText, percentText, priceName, priceText, quoteText, reasonText } from "@plimsoll/server/display";
import { engineOf } from "@plimsoll/venues";

/**
 * What else takes an account, in lines for people: prices together, time alone; and how much of each debt could be repaid now.
 * Computed on demand: projecting years of interest is nothing for every tick.
 */
export function outlookReader(events: readonly BookEvent[], at: Ms): (account: AccountView) => readonly string[] {
  const facts = noFacts();
  for (const event of events) applyEvent(facts, event);
  return ({ holding: id, account, together }) => {
    const holding = facts.holdings.get(id);
    const ground = holding && groundOf({ engineOf, sha256 }, facts, holding, at);
    if (ground === undefined || !isGround(ground)) return [];
    const { engine, scene } = ground;
    const compiled = engine.compile(ground.holding, account, scene, "maintenance");
    if (!("form" in compiled)) return [];
    return [
      ...(together === undefined ? [] : [togetherLine(together)]),
      ...likelyLine(likelyMove(compiled.form, scene)),
      ...carryLines(carryOf(engine, ground.holding, account, scene)),
      ...engine.repayable(ground.holding, account, scene, noDepth).map(repayableLine),
    ];
  };
}

/** Nobody has read how deep the markets are. */
const noDepth = { fill: () => unknown(why("depth-not-read", { detail: "the depth of the market was not read" })) };

const togetherLine = ({ quotes, share: part, falls }: Reach): string =>
  `liquidated when ${quotes.map(quoteText).join(", ")} ${falls ? "fall" : "rise"} together by ${percentText(`${part}`, 1)}`;

function likelyLine(move: ReturnType<typeof likelyMove>): readonly string[] {
  if (move === undefined || move === "none" || move.prices.length < 2) return [];
  const to = move.prices.map(
    ({ quote, now, to: there }) =>
      `${priceName(quote)} ${priceText(`${round(there)}`)} (${moveText(`${there / now - 1}`)})`,
  );
  const { daily, correlation } = ASSUMED_MOVES;
  return [
    `most likely joint move: ${to.join(", ")}`,
    `  ${move.settled ? "" : "at most "}${move.sigmas.toFixed(1)} times an assumed day of ${percentText(`${daily}`)} for a major, correlation ${correlation}`,
  ];
}

const round = (price: number): number => Number(price.toPrecision(6));

const carryLines = ({ atPresent, atWorst }: Carry): readonly string[] => [
  `if no price ever moves, at present rates: ${dateText(atPresent)}`,
  `if no price ever moves, at the worst rates that the venue allows: ${dateText(atWorst)}`,
];

function dateText(date: Figure<Ms>): string {
  if (date.is === "known") return `liquidated on ${new Date(date.value).toISOString().slice(0, 10)}`;
  if (date.is === "none") return "not within ten years";
  return `unknown, ${reasonText(date.why)}`;
}

const ROUTES = {
  wallet: "from the wallet",
  "own-supply": "with own supply",
  "sell-collateral": "by selling collateral",
};

function repayableLine({ debt, route, most, limit }: Repayable): string {
  const name = `repay ${debt} ${ROUTES[route]}`;
  if (most.is === "known") return `${name}: up to ${text(trim(most.value))} now, bound by ${limit}`;
  return `${name}: ${most.is}, ${most.is === "none" || most.is === "unknown" ? reasonText(most.why) : limit}`;
}
