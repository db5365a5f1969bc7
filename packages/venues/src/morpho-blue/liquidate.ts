import type { Chooser, Scene, Step } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Result,
  type Why,
  assetId,
  dec,
  exact,
  fail,
  parseExact,
  text,
  why,
} from "@plimsoll/core/units";
import type { MorphoBody } from "./holding.ts";
import { type Liquidated, type LiquidationCall, exchange, liquidationCall } from "./liquidation-call.ts";
import { type Position, readPosition } from "./position.ts";
import { readPrice } from "./price.ts";
import { unitsOf } from "./refused.ts";
import type { MorphoTerms } from "./terms.ts";

/**
 * What strangers would take now. Nothing limits a call but the position itself, and every part taken costs the owner the same
 * bonus, so the worst for him and the best for the liquidator are one: all of the debt, or all of the collateral where that is
 * worth less; what is owed beyond is written off.
 * @param chooser `{ fixed: ["seize", "1.5"] }` names collateral tokens, `{ fixed: ["repay-shares", "1000000"] }` debt shares.
 * @returns no steps for a healthy position, an unknown price, or a fixed call that the contract refuses.
 */
export function liquidateMorpho(
  body: MorphoBody,
  account: AccountKey,
  scene: Scene<MorphoTerms>,
  chooser: Chooser,
): readonly Step<MorphoBody>[] {
  const position = readPosition(body, account, scene.terms.body);
  if (!position.ok) return [];
  const done =
    typeof chooser === "string"
      ? largest(body, position.value, scene)
      : fixed(body, position.value, scene, chooser.fixed);
  return done.ok ? [stepOf(position.value, done.value)] : [];
}

/** All of the debt; else all of the collateral; else, where rounding forbids both, as many shares as the collateral pays for. */
function largest(body: MorphoBody, position: Position, scene: Scene<MorphoTerms>): Result<Liquidated, Why> {
  const { held, terms } = position;
  const call = (amount: Partial<LiquidationCall>) =>
    liquidationCall(body, scene, { market: terms.market, seizedAssets: 0n, repaidShares: 0n, ...amount });
  const whole = call({ repaidShares: held.borrowShares });
  if (whole.ok || whole.failure.facts["revert"] !== "Panic") return whole;
  const everything = call({ seizedAssets: held.collateral });
  if (everything.ok) return everything;
  return call({ repaidShares: sharesPaidBy(position, scene) });
}

/** The most shares whose price in collateral is there: what a call seizes never falls as its shares rise. */
function sharesPaidBy(position: Position, scene: Scene<MorphoTerms>): bigint {
  const { held, terms } = position;
  const price = readPrice(scene.terms.body, terms, scene);
  if (!price.ok) return 0n;
  const seized = (repaidShares: bigint) =>
    exchange(position, price.value, { market: terms.market, seizedAssets: 0n, repaidShares }).seized;
  let [low, high] = [0n, held.borrowShares];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (seized(middle) <= held.collateral) low = middle;
    else high = middle;
  }
  return low;
}

function fixed(
  body: MorphoBody,
  { terms }: Position,
  scene: Scene<MorphoTerms>,
  [what, amount = ""]: readonly string[],
): Result<Liquidated, Why> {
  const read = parseExact(amount);
  if (!read.ok) return read;
  const call = { market: terms.market, seizedAssets: 0n, repaidShares: 0n };
  if (what === "repay-shares" && read.value.scale === 0)
    return liquidationCall(body, scene, { ...call, repaidShares: read.value.digits });
  if (what !== "seize")
    return fail(why("morpho-blue/no-such-choice", { value: `${what}`, next: "write seize or repay-shares" }));
  const units = unitsOf(dec(amount), terms.collateral);
  return units.ok ? liquidationCall(body, scene, { ...call, seizedAssets: units.value }) : units;
}

function stepOf(
  { terms: { loan, collateral } }: Position,
  { after, seized, repaid, badDebt }: Liquidated,
): Step<MorphoBody> {
  const flow = ({ asset, decimals }: typeof loan, units: bigint) => ({
    asset: assetId(asset),
    amount: exact(units, decimals),
  });
  return {
    what: `${text(exact(repaid, loan.decimals))} ${loan.asset} repaid by a liquidator for ${collateral.asset}`,
    after,
    taken: [flow(collateral, seized)],
    fee: [],
    badDebt: badDebt === 0n ? [] : [flow(loan, badDebt)],
  };
}
