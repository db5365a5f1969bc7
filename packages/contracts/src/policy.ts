import type { ContractFunctionArgs, ContractFunctionReturnType } from "viem";
import type { guardianAbi } from "./bindings/index.ts";

type Abi = typeof guardianAbi;

/** What an owner pins, word for word as the contract takes it: health as WAD, values in US dollars with 8 decimals, shares in bps. */
export type Policy = ContractFunctionArgs<Abi, "nonpayable", "arm">[0];
/** One token and the two prices under which it may be traded. */
export type PolicyAsset = Policy["debts"][number];
/** How one collateral would be sold. */
export type Sale = ContractFunctionArgs<Abi, "nonpayable", "execute">[3][number];
/** What a call did, in units of the debt asset where nothing else is said. */
export type Outcome = ContractFunctionReturnType<Abi, "nonpayable", "execute">;
/** What a call would have to bring and may sell. */
export type Quote = ContractFunctionReturnType<Abi, "view", "quote">;

/** Scales of a policy's figures. */
export const scales = { health: 18, value: 8, share: 4 } as const;
