import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, exact, fail, ok, text, why } from "@plimsoll/core/units";
import type { SkyBody } from "./holding.ts";
import type { SkyTerms } from "./terms.ts";

/** What the wallet holds of an asset, smallest units. */
export const walletOf = ({ wallet }: SkyBody, asset: string): bigint | "unknown" =>
  wallet === "unknown" ? wallet : (wallet.find((each) => each.asset === asset)?.units ?? 0n);

/** The holding after the wallet paid, or received where `units` is below 0; a wallet that was not read limits nothing. */
export function payFrom(body: SkyBody, asset: string, units: bigint, decimals: number): Result<SkyBody, Why> {
  const { wallet } = body;
  if (wallet === "unknown") return ok(body);
  const has = wallet.find((each) => each.asset === asset)?.units ?? 0n;
  if (has < units)
    return fail(
      why("sky/wallet-too-small", {
        asset,
        wallet: text(exact(has, decimals)),
        needed: text(exact(units, decimals)),
        next: "use at most what the wallet holds",
      }),
    );
  const others = wallet.filter((each) => each.asset !== asset);
  return ok({ ...body, wallet: [...others, { asset, units: has - units }] });
}

/** What the wallet holds of an asset; undefined where it was not read, which is no 0: another account of the wallet may have read it. */
export function walletSky({ wallet }: SkyBody, asset: string, { terms }: Scene<SkyTerms>): Exact | undefined {
  const { stable, ilks } = terms.body;
  const read = wallet === "unknown" ? undefined : wallet.find((each) => each.asset === asset);
  const decimals = asset === stable ? 18 : ilks.find((each) => each.asset === asset)?.decimals;
  return read && decimals !== undefined ? exact(read.units, decimals) : undefined;
}
