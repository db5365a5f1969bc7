import type { Result, Why } from "@plimsoll/core/units";
import type { Calls } from "./abi.ts";
import type { Discovered, LiquitySource } from "./discover.ts";
import { readLiquityTerms } from "./read-terms.ts";
import type { LiquityTerms } from "./terms.ts";

/** What the branch's registry answers, over the constants that no contract answers. @returns why not: terms that cannot be. */
export function planTerms(
  batch: Calls,
  { registry, market, chainId }: LiquitySource,
  { collateral, stable, gas }: Discovered,
  constants: LiquityTerms,
): () => Result<LiquityTerms, Why> {
  const [mcr, ccr, scr] = [batch.add(registry, "MCR"), batch.add(registry, "CCR"), batch.add(registry, "SCR")];
  const [bcr, pool] = [batch.add(registry, "BCR"), batch.add(registry, "LIQUIDATION_PENALTY_SP")];
  const others = batch.add(registry, "LIQUIDATION_PENALTY_REDISTRIBUTION");
  return () => {
    const ratios = { mcr: mcr(), ccr: ccr(), scr: scr(), bcr: bcr() };
    const penalties = { poolPenalty: pool(), redistributionPenalty: others() };
    return readLiquityTerms({
      ...{ ...constants, market, chainId, stable: stable.asset },
      gas: { ...constants.gas, asset: gas.asset },
      branches: [{ branch: collateral.asset, ...ratios, ...penalties }],
      completeness:
        "ratios and penalties read from chain; the other figures are constants of the contracts, as shipped",
    });
  };
}
