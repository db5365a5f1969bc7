import { type AccountKey, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { rmul, rpow } from "./fixed-point.ts";
import type { IlkHeld, SkyBody, Vault } from "./holding.ts";
import { skyAccount } from "./names.ts";
import type { IlkTerms, SkyTerms } from "./terms.ts";

/** One vault with what is needed to judge it, at the holding's timestamp. */
export interface Position {
  readonly vault: Vault;
  readonly held: IlkHeld;
  readonly terms: IlkTerms;
  /** RAY, as it would be stored after a drip now. */
  readonly rate: bigint;
  /** RAD. */
  readonly debt: bigint;
}

/**
 * Debt per normalised debt at `timestamp`, RAY: compound interest by whole seconds on what was stored at the last drip.
 * @source makerdao/dss jug.sol, drip
 */
export const rateAt = ({ rate, rho, fee }: IlkHeld, timestamp: bigint): bigint =>
  fee === "unknown" ? rate : rmul(rpow(fee, timestamp - rho), rate);

export const keyOf = ({ ilk, id }: Vault): AccountKey => skyAccount(ilk, id);

/** The vault of an account; or why there is none, or which part of the snapshot is missing. */
export function positionOf(body: SkyBody, account: AccountKey, terms: SkyTerms): Result<Position, Why> {
  if (body.market !== terms.market)
    return fail(why("sky/terms-of-another-market", { value: terms.market, next: `use the terms of ${body.market}` }));
  const vault = body.vaults.find((each) => keyOf(each) === account);
  if (vault === undefined)
    return fail(why("sky/no-such-vault", { value: account, next: `name one of ${body.vaults.map(keyOf).join(", ")}` }));
  const held = body.ilks.find(({ ilk }) => ilk === vault.ilk);
  const ilk = terms.ilks.find((each) => each.ilk === vault.ilk);
  if (held === undefined || ilk === undefined)
    return fail(
      why("sky/vault-type-missing", {
        value: `${vault.ilk} is not in the ${held === undefined ? "holding" : "terms"}`,
        next: "read the vault and its type again in one snapshot",
      }),
    );
  const rate = rateAt(held, body.timestamp);
  return ok({ vault, held, terms: ilk, rate, debt: vault.art * rate });
}

/** The holding with one vault replaced. */
export const withVault = (body: SkyBody, vault: Vault): SkyBody => ({
  ...body,
  vaults: body.vaults.map((each) => (keyOf(each) === keyOf(vault) ? vault : each)),
});
