import type { Chooser, Scene, Step } from "@plimsoll/core/margin";
import { type AccountKey, assetId, brief, exact, rescale, text } from "@plimsoll/core/units";
import { RAD_SCALE } from "./assess.ts";
import { type Taken, lastSecond, take } from "./auction.ts";
import { type Barked, bark } from "./bark.ts";
import type { Sale, SkyBody } from "./holding.ts";
import { type Position, positionOf } from "./position.ts";
import { pricesOf } from "./prices.ts";
import type { SkyTerms } from "./terms.ts";

/**
 * What would happen to the vault now: an auction starts, a stranger buys it out, what is left comes back; again while a part
 * remains unsafe. When it is bought, hence at which price, is the stranger's choice: at the last second, the lowest price, unless
 * `{ fixed: ["600"] }` names the seconds. The clock of the holdings stands still meanwhile.
 * @returns no steps for a safe vault or an unknown price; an auction nobody can take at that second stays open.
 */
export function liquidateSky(
  body: SkyBody,
  account: AccountKey,
  scene: Scene<SkyTerms>,
  chooser: Chooser,
): readonly Step<SkyBody>[] {
  const terms = scene.terms.body;
  const steps: Step<SkyBody>[] = [];
  let now = body;
  for (;;) {
    const position = positionOf(now, account, terms);
    const prices = position.ok ? pricesOf(position.value.terms, scene) : position;
    if (!position.ok || !prices.ok) return steps;
    const barked = bark(now, position.value, prices.value, terms);
    if (!barked.ok) return steps;
    steps.push(barkStep(barked.value, position.value, terms));
    const { auction } = position.value.terms;
    const { sale } = barked.value;
    const taken = take(barked.value.after, sale, auction, secondOf(chooser, sale, auction));
    if (!taken.ok) return steps;
    steps.push(takeStep(taken.value, sale, position.value, terms));
    now = taken.value.after;
  }
}

/** A buyer who waits longest pays least: worst for the owner and best for the liquidator are one. */
function secondOf(chooser: Chooser, sale: Sale, auction: Position["terms"]["auction"]): bigint {
  if (typeof chooser === "string") return lastSecond(sale, auction);
  const [seconds = ""] = chooser.fixed;
  return /^\d+$/.test(seconds) ? BigInt(seconds) : -1n;
}

const barkStep = ({ after, sale, due, keeper }: Barked, { terms: ilk }: Position, { stable }: SkyTerms) => ({
  what: `${brief(exact(due, RAD_SCALE))} ${stable} of debt and ${brief(exact(sale.lot, 18))} ${ilk.asset} go to an auction that starts at ${brief(exact(sale.top, 27))} (the protocol pays its keeper ${brief(exact(keeper, 18))} ${stable})`,
  after,
  taken: [],
  fee: [],
  badDebt: [],
});

function takeStep(taken: Taken, sale: Sale, { terms: ilk }: Position, { stable }: SkyTerms): Step<SkyBody> {
  const { after, price, slice, owe, left, badDebt } = taken;
  const collateral = { asset: assetId(ilk.asset), amount: exact(slice, 18) };
  const inStable = (rad: bigint) => ({ asset: assetId(stable), amount: rescale(exact(rad, RAD_SCALE), 18, "up") });
  const penalty = owe - (sale.tab - sale.penalty);
  return {
    what: `estimate: a buyer waits until the price is ${brief(exact(price, 27))} and pays ${brief(exact(owe, RAD_SCALE))} ${stable}; ${text(exact(left, 18))} ${ilk.asset} come back, outside the vault`,
    after,
    taken: [collateral],
    fee: penalty > 0n ? [inStable(penalty)] : [],
    badDebt: badDebt > 0n ? [inStable(badDebt)] : [],
  };
}
