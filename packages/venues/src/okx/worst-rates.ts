import type { Scene } from "@plimsoll/core/margin";
import { type Ms, type Result, type Why, fail, isNegative, isZero, ms, ok, why } from "@plimsoll/core/units";
import type { Body, ContractPosition, Funding } from "./holding.ts";
import type { OkxTerms } from "./terms.ts";

/** Funding is settled every 8, 4, 2 or 1 hours, and the venue may shorten it at any time. @source OKX help, funding, README.md rule 24 */
const SHORTEST_MS = 3_600_000;

/**
 * The holding as if funding stood at the bound that costs its positions most, every hour.
 * @returns a failure where the venue told no bounds of a perpetual that is held, where positions in one instrument lie on both
 *   sides, and where a coin is owed: its interest has no bound that is known.
 */
export function atWorstRates(body: Body, { now }: Scene<OkxTerms>): Result<Body, Why> {
  if (owes(body))
    return fail(
      why("okx/no-bound", { of: "interest", next: "what is owed pays a rate that the venue does not bound" }),
    );
  const held = body.positions.filter((each) => each.kind === "contract" && each.instrument.endsWith("-SWAP"));
  const funding: Funding[] = [];
  for (const instrument of new Set(held.map((each) => each.instrument))) {
    const own = held.filter(
      (each): each is ContractPosition => each.instrument === instrument && each.kind === "contract",
    );
    const known = body.funding.find((each) => each.instrument === instrument);
    const worst = worstOf(instrument, own, known, now);
    if (!worst.ok) return worst;
    funding.push(worst.value);
  }
  return ok({ ...body, funding });
}

const owes = ({ balances, positions }: Body): boolean =>
  balances.some(({ cash }) => isNegative(cash)) ||
  positions.some((each) => each.kind === "margin" && !(isZero(each.owed.base) && isZero(each.owed.quote)));

function worstOf(
  instrument: string,
  positions: readonly ContractPosition[],
  known: Funding | undefined,
  now: Ms,
): Result<Funding, Why> {
  if (known?.bounds === undefined)
    return fail(
      why("okx/no-bound", { of: `funding of ${instrument}`, next: "read the funding rate of this instrument" }),
    );
  const short = positions.filter(({ contracts }) => isNegative(contracts)).length;
  if (short > 0 && short < positions.length)
    return fail(why("okx/no-bound", { of: `funding of ${instrument}`, next: "one side pays what the other is paid" }));
  const rate = short > 0 ? known.bounds.min : known.bounds.max;
  const hour = ms((Math.floor(now / SHORTEST_MS) + 1) * SHORTEST_MS);
  return ok({ ...known, rate, next: ms(Math.min(known.next, hour)), everyMs: ms(SHORTEST_MS) });
}
