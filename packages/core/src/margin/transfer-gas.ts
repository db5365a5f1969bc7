import type { Action } from "@plimsoll/core/book";

/** What letting a venue take a token usually takes. @source measured on a local chain: 46k; tokens of public networks do more */
export const ALLOWANCE_GAS = 60_000n;

/** The most that come before one call: several tokens let an allowance that is left only be changed by way of zero. */
const MOST_ALLOWANCES = 2n;

/** Gas at most of a transfer whose calls take `calls`; allowances come on top where a token is taken out of the wallet. Orders take none. */
export const transferGas =
  (calls: bigint) =>
  (action: Action): bigint | undefined => {
    switch (action.do) {
      case "supply":
        return calls + MOST_ALLOWANCES * ALLOWANCE_GAS;
      case "repay":
        return action.from === "own-supply" ? calls : calls + MOST_ALLOWANCES * ALLOWANCE_GAS;
      case "withdraw":
        return calls;
      case "order":
      case "stop":
      case "cancel":
      case "move-margin":
        return undefined;
    }
  };
