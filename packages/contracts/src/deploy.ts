import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import {
  type Abi,
  type Hex,
  concatHex,
  encodeDeployData,
  getCreate2Address,
  isAddressEqual,
  keccak256,
  zeroHash,
} from "viem";
import type { Code } from "./bindings/code.ts";
import { guardianAbi, guardianCode, pairRouteAbi, pairRouteCode } from "./bindings/index.ts";
import { type KnownBad, knownBad } from "./known-bad.ts";

/** The contract that makes contracts at addresses which follow from their code. @source github.com/Arachnid/deterministic-deployment-proxy */
export const create2Deployer: Hex = "0x4e59b44847b379578588920ca78fbf26c0b4956c";

/** A transaction that puts a contract on a chain, and where it will stand. */
export interface Deployment {
  readonly address: Hex;
  readonly to: Hex;
  readonly data: Hex;
}

/** The address follows from code and arguments together: with other arguments it is another one. */
function deploymentOf(abi: Abi, { creation }: Code, args: readonly unknown[]): Deployment {
  const initCode = encodeDeployData({ abi, bytecode: creation, args });
  const address = getCreate2Address({ from: create2Deployer, salt: zeroHash, bytecode: initCode });
  return { address: address.toLowerCase() as Hex, to: create2Deployer, data: concatHex([zeroHash, initCode]) };
}

/** @param provider the market's pool addresses provider; @param morpho the second lender, or the zero address. */
export const guardianDeployment = (provider: Hex, morpho: Hex): Deployment =>
  deploymentOf(guardianAbi, guardianCode, [provider, morpho]);

/** @param counted what of 1,000 units sold counts after the fee of the factory's pairs. */
export const pairRouteDeployment = (factory: Hex, counted: bigint): Deployment =>
  deploymentOf(pairRouteAbi, pairRouteCode, [factory, counted]);

type Places = Code["immutables"];

/** Run-time code with zeros where constructors write. */
function masked(runtime: Hex, immutables: Places): Hex {
  let code = runtime.toLowerCase();
  for (const { start, length } of immutables) {
    const from = 2 + 2 * start;
    code = `${code.slice(0, from)}${"0".repeat(2 * length)}${code.slice(from + 2 * length)}`;
  }
  return code as Hex;
}

const isMadeOf = ({ runtime, immutables }: Code, onChain: Hex): boolean => masked(onChain, immutables) === runtime;

/**
 * Whether what lies at a guardian's address is the guardian that this version knows: its run-time code word for word, at the address
 * that follows from its creation code and arguments. So what it made when it was created is ours as well.
 * @param found run-time code at the address, and what the contract says its market and second lender are.
 * @returns which version is refused and why; or that the contract is none of ours.
 */
export function checkGuardian(
  address: Hex,
  found: { readonly code: Hex; readonly provider: Hex; readonly morpho: Hex },
  bad: readonly KnownBad[] = knownBad,
): Result<void, Why> {
  const refused = bad.find(({ hash, immutables }) => keccak256(masked(found.code, immutables)) === hash);
  if (refused !== undefined)
    return fail(
      why("guardian/known-bad", {
        guardian: address,
        detail: refused.reason,
        next: "revoke every allowance and policy there now: plimsoll guardian revoke",
      }),
    );
  const derived = guardianDeployment(found.provider, found.morpho).address;
  if (isMadeOf(guardianCode, found.code) && isAddressEqual(derived, address)) return ok(undefined);
  return fail(
    why("guardian/unknown-code", {
      guardian: address,
      detail: found.code === "0x" ? "no contract lies there" : "it is not what this version's guardian would be there",
      next: "check the address; grant nothing to it",
    }),
  );
}
