import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";

export type { LocalAccount };

/** The wallet of a private key (0x and 64 hex digits); the key never enters a message. */
export function readWalletKey(key: string): Result<LocalAccount, Why> {
  const malformed = why("chain/wallet-key-malformed", {
    detail: "the wallet's key is not 0x and 64 hex digits of a valid key",
    next: "correct the variable or the file that holds it",
  });
  if (!/^0x[0-9a-fA-F]{64}$/.test(key)) return fail(malformed);
  try {
    return ok(privateKeyToAccount(key as `0x${string}`));
  } catch {
    return fail(malformed);
  }
}
