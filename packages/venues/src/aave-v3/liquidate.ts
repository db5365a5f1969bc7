import type { Chooser, Scene, Step } from "@plimsoll/core/margin";
import { assetId, exact, text } from "@plimsoll/core/units";
import { accountData } from "./account-data.ts";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import { type Pair, largestCover } from "./liquidation-amounts.ts";
import { liquidationCall } from "./liquidation-call.ts";
import type { Liquidated } from "./liquidation-execution.ts";
import { readPositions } from "./position.ts";
import { type Priced, pricePositions } from "./prices.ts";
import { revisionOf } from "./revision.ts";
import { mulDivFloor } from "./wad-ray-math.ts";
import { isFlagged } from "./user-config.ts";

interface Choice {
  readonly pair: Pair;
  readonly done: Liquidated;
  /** Value that leaves the owner's side less the debt that is paid or written off for it, base units. */
  readonly ownerLoses: bigint;
  /** Value received less value paid, base units. */
  readonly liquidatorGains: bigint;
}

/**
 * What strangers would take now, one call a step, until the pool allows no more. Each call repays as much of its pair as the
 * pool lets it; the chooser picks the pair at each step, by value, ties by the order of the reserves. Where the reserve lacks
 * liquidity the liquidator takes aTokens instead.
 * @returns no steps for a safe account, an unknown price, or a fixed pair that the pool refuses.
 */
export function liquidateAave(body: AaveBody, scene: Scene<AaveTerms>, chooser: Chooser): readonly Step<AaveBody>[] {
  const steps: Step<AaveBody>[] = [];
  let choice = choose(choicesFor(body, scene, chooser), chooser);
  while (choice !== undefined) {
    steps.push(stepOf(choice));
    choice = choose(choicesFor(choice.done.after, scene, chooser), chooser);
  }
  return steps;
}

/** All pairs on which a call would go through now. */
function choicesFor(body: AaveBody, scene: Scene<AaveTerms>, chooser: Chooser): readonly Choice[] {
  const terms = scene.terms.body;
  const revision = revisionOf(terms);
  const positions = readPositions(body, terms);
  const priced = positions.ok ? pricePositions(positions.value.filter(isFlagged), scene) : positions;
  if (!priced.ok) return [];
  const data = accountData(priced.value, revision);
  const pairs = priced.value
    .filter(({ isCollateral }) => isCollateral)
    .flatMap((collateral) => priced.value.filter(({ isBorrowed }) => isBorrowed).map((debt) => ({ collateral, debt })))
    .filter(({ collateral, debt }) => isFixedOrOpen(chooser, collateral, debt));
  return pairs.flatMap((pair) => {
    const debtToCover = largestCover(pair, data, terms.closeFactor, revision);
    if (debtToCover === 0n) return [];
    const call = { collateral: pair.collateral.terms.asset, debt: pair.debt.terms.asset, debtToCover };
    const direct = liquidationCall(body, scene, { ...call, receiveAToken: false });
    const short = !direct.ok && direct.failure.code === "aave-v3/not-enough-liquidity";
    const done = short ? liquidationCall(body, scene, { ...call, receiveAToken: true }) : direct;
    return done.ok ? [weigh(pair, done.value, priced.value)] : [];
  });
}

const isFixedOrOpen = (chooser: Chooser, collateral: Priced, debt: Priced): boolean =>
  typeof chooser === "string" || (chooser.fixed[0] === collateral.terms.asset && chooser.fixed[1] === debt.terms.asset);

function weigh(pair: Pair, done: Liquidated, priced: readonly Priced[]): Choice {
  const value = (amount: bigint, { price, unit }: Priced) => mulDivFloor(amount, price, unit);
  const paid = value(done.repaid, pair.debt);
  const writtenOff = done.deficits.reduce((sum, { asset, amount }) => {
    const owed = priced.find(({ terms }) => terms.id === asset.id);
    return owed === undefined ? sum : sum + value(amount, owed);
  }, 0n);
  return {
    pair,
    done,
    ownerLoses: done.leavingValue - paid - writtenOff,
    liquidatorGains: value(done.seized, pair.collateral) - paid,
  };
}

/** The first of the best: reserves are in ascending order, so equal prospects are decided the same way every time. */
function choose(choices: readonly Choice[], chooser: Chooser): Choice | undefined {
  const prospect = ({ ownerLoses, liquidatorGains }: Choice) =>
    chooser === "worst-for-owner" ? ownerLoses : liquidatorGains;
  return choices.reduce<Choice | undefined>(
    (best, choice) => (best === undefined || prospect(choice) > prospect(best) ? choice : best),
    undefined,
  );
}

function stepOf({ pair: { collateral, debt }, done }: Choice): Step<AaveBody> {
  const flow = ({ asset, decimals }: Priced["terms"], amount: bigint) => ({
    asset: assetId(asset),
    amount: exact(amount, decimals),
  });
  return {
    what: `${text(exact(done.repaid, debt.terms.decimals))} ${debt.terms.asset} repaid by a liquidator for ${collateral.terms.asset}`,
    after: done.after,
    taken: [flow(collateral.terms, done.seized)],
    fee: done.fee === 0n ? [] : [flow(collateral.terms, done.fee)],
    badDebt: done.deficits.map(({ asset, amount }) => flow(asset, amount)),
  };
}
