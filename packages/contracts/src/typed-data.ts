import { invariant } from "@plimsoll/core/units";
import { type AbiParameter, type Hex, type TypedDataDomain, hashStruct } from "viem";
import { guardianAbi } from "./bindings/index.ts";
import type { Policy } from "./policy.ts";

type Types = Record<string, readonly { readonly name: string; readonly type: string }[]>;

/** Name of a parameter's type as EIP-712 writes it: "struct IGuardian.Asset[]" is "Asset[]". */
const typeName = ({ type, internalType = type }: AbiParameter): string =>
  internalType.startsWith("struct ") ? internalType.slice(internalType.lastIndexOf(".") + 1) : type;

/** The struct types of a parameter, by name, itself first. */
function typesOf(parameter: AbiParameter): Types {
  if (!("components" in parameter)) return {};
  const fields = parameter.components.map((each) => ({ name: each.name ?? "", type: typeName(each) }));
  const name = typeName(parameter).replace(/\[\]$/, "");
  return Object.assign({ [name]: fields }, ...parameter.components.map(typesOf)) as Types;
}

const arm = guardianAbi.find((entry) => entry.type === "function" && entry.name === "arm");
invariant(arm?.type === "function", "the guardian can be armed");

/** The policy's struct types, taken from the contract's own interface. */
export const policyTypes: Types = typesOf(arm.inputs[0]);

/** The contract's EIP-712 domain. */
export const domainOf = (chainId: number, guardian: Hex) =>
  ({ name: "Plimsoll Guardian", version: "1", chainId, verifyingContract: guardian }) satisfies TypedDataDomain;

/** Id of a policy: its EIP-712 struct hash, as `idOf` of the contract answers. */
export const policyId = (policy: Policy): Hex =>
  hashStruct({ data: policy, primaryType: "Policy", types: policyTypes });

/** What a wallet shows and signs, so that anyone may carry the policy to the contract. */
export const policyTypedData = (chainId: number, guardian: Hex, policy: Policy) => ({
  domain: domainOf(chainId, guardian),
  types: policyTypes,
  primaryType: "Policy" as const,
  message: policy,
});
