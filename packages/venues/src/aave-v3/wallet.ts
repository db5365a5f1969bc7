import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, exact, fail, ok, text, why } from "@plimsoll/core/units";
import type { AaveBody, ReserveHeld } from "./holding.ts";
import type { AaveTerms, ReserveTerms } from "./terms.ts";
import { MAX_UINT256 } from "./wad-ray-math.ts";

/**
 * What the pool takes from the payer's wallet; a wallet or an allowance that was not read limits nothing and stays unknown.
 * An allowance of uint256's maximum is not used up (most tokens; some do, and the next snapshot says so).
 */
export function payFromWallet(held: ReserveHeld, terms: ReserveTerms, amount: bigint): Result<ReserveHeld, Why> {
  const short = (what: "wallet" | "allowance", has: bigint, next: string) =>
    fail(
      why(`aave-v3/${what}-too-small`, {
        asset: terms.asset,
        [what]: text(exact(has, terms.decimals)),
        needed: text(exact(amount, terms.decimals)),
        next,
      }),
    );
  const { wallet, allowance } = held;
  if (wallet !== "unknown" && wallet < amount) return short("wallet", wallet, "use at most what the wallet holds");
  if (allowance !== "unknown" && allowance < amount)
    return short("allowance", allowance, `approve ${terms.asset} to the pool first`);
  return ok({
    ...held,
    wallet: wallet === "unknown" ? wallet : wallet - amount,
    allowance: allowance === "unknown" || allowance === MAX_UINT256 ? allowance : allowance - amount,
  });
}

/** What the pool pays out into the wallet. */
export const receive = (held: ReserveHeld, amount: bigint): ReserveHeld =>
  held.wallet === "unknown" ? held : { ...held, wallet: held.wallet + amount };

/** What the payer holds of an asset; undefined where it was not read. */
export function walletAave({ reserves }: AaveBody, asset: string, { terms }: Scene<AaveTerms>): Exact | undefined {
  const reserve = terms.body.reserves.find((each) => each.asset === asset);
  const wallet = reserves.find(({ id }) => id === reserve?.id)?.wallet;
  return reserve === undefined || typeof wallet !== "bigint" ? undefined : exact(wallet, reserve.decimals);
}
