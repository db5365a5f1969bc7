import { type Exact, type Result, type Why, exact, fail, minOf, ok, text, why } from "@plimsoll/core/units";
import type { Token } from "./asset-access.ts";
import { MAX_UINT256 } from "./comet-math.ts";
import type { Scene } from "@plimsoll/core/margin";
import type { CometBody, Funds } from "./holding.ts";
import type { CometTerms } from "./terms.ts";

/** What the market can take from the payer now; unknown where neither the wallet nor the allowance was read. */
export function payable({ wallet, allowance }: Funds): "unknown" | bigint {
  if (wallet === "unknown") return allowance;
  return allowance === "unknown" ? wallet : minOf(wallet, allowance);
}

/**
 * What the market takes from the payer's wallet; a wallet or an allowance that was not read limits nothing and stays unknown. An
 * allowance of uint256's maximum is not used up (most tokens; some do, and the next snapshot says so).
 */
export function pay({ wallet, allowance }: Funds, { asset, decimals }: Token, amount: bigint): Result<Funds, Why> {
  const short = (what: "wallet" | "allowance", has: bigint, next: string) =>
    fail(
      why(`compound-v3/${what}-too-small`, {
        asset,
        [what]: text(exact(has, decimals)),
        needed: text(exact(amount, decimals)),
        next,
      }),
    );
  if (wallet !== "unknown" && wallet < amount) return short("wallet", wallet, "use at most what the wallet holds");
  if (allowance !== "unknown" && allowance < amount)
    return short("allowance", allowance, `approve ${asset} to the market first`);
  return ok({
    wallet: wallet === "unknown" ? wallet : wallet - amount,
    allowance: allowance === "unknown" || allowance === MAX_UINT256 ? allowance : allowance - amount,
  });
}

/** What the market pays out into the wallet. */
export const receive = (funds: Funds, amount: bigint): Funds =>
  funds.wallet === "unknown" ? funds : { ...funds, wallet: funds.wallet + amount };

/** What the payer holds of the base or of a collateral; undefined where it was not read. */
export function walletComet(
  { funds, collateral }: CometBody,
  asset: string,
  { terms }: Scene<CometTerms>,
): Exact | undefined {
  const { base, assets } = terms.body;
  if (asset === base.asset) return typeof funds.wallet === "bigint" ? exact(funds.wallet, base.decimals) : undefined;
  const listed = assets.find((each) => each.asset === asset);
  const wallet = collateral.find(({ id }) => id === listed?.id)?.funds.wallet;
  return listed === undefined || typeof wallet !== "bigint" ? undefined : exact(wallet, listed.decimals);
}
