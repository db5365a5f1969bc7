import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Hex, concatHex, keccak256, toHex } from "viem";
import { lower } from "./rpc.ts";

/** A call whose data ends with a hash of its intent's key, which contracts ignore: two intents never sign the same bytes. */
export const withKey = (data: Hex, key: string): Hex => concatHex([data, keccak256(toHex(key))]);

/** The wallet that pays for an owner's account, as a holding names it: those of one wallet share its money. */
export const walletName = (
  { chainId, payer }: { readonly chainId: number; readonly payer?: Hex },
  owner: Hex,
): string => `${chainId}/${lower(payer ?? owner)}`;

/** Refuses what only the account's owner may do where another's wallet would do it; what is taken out goes to the owner alone. */
export function ownWallet(payer: Hex | undefined, owner: Hex): Result<Hex, Why> {
  if (payer !== undefined && lower(payer) === lower(owner)) return ok(lower(owner));
  return fail(
    why("chain/not-the-owners-wallet", {
      owner,
      wallet: payer ?? "none",
      next: "name the key of the account's own wallet: what leaves the venue goes to that address and no other",
    }),
  );
}
