import { type Hex, concatHex, keccak256, numberToHex, recoverTypedDataAddress, toHex } from "viem";
import { packed } from "./msgpack.ts";

/** What a call of the exchange endpoint signs: the action with its nonce, for a vault or not, until a moment or for good. */
export interface Signed {
  readonly action: unknown;
  readonly nonce: number;
  readonly vaultAddress?: string | undefined;
  readonly expiresAfter?: number | undefined;
}

/** Hash of the packed action, its nonce, vault and end. @source hyperliquid-python-sdk, signing: the scheme of actions of the first layer */
export function actionHash({ action, nonce, vaultAddress, expiresAfter }: Signed): Hex {
  const vault: Hex = vaultAddress === undefined ? "0x00" : `0x01${vaultAddress.replace(/^0x/, "")}`;
  const end: Hex = expiresAfter === undefined ? "0x" : concatHex(["0x00", numberToHex(expiresAfter, { size: 8 })]);
  return keccak256(concatHex([toHex(packed(action)), numberToHex(nonce, { size: 8 }), vault, end]));
}

/** @source as above: the chain id is the scheme's, not a chain's. */
const DOMAIN = {
  name: "Exchange",
  version: "1",
  chainId: 1337,
  verifyingContract: "0x0000000000000000000000000000000000000000",
} as const;
const TYPES = {
  Agent: [
    { name: "source", type: "string" },
    { name: "connectionId", type: "bytes32" },
  ],
} as const;
/** "a" on the main network, "b" on the test network: a signature for one is another's on the other. */
const MAIN = "a";

export interface Signature {
  readonly r: Hex;
  readonly s: Hex;
  readonly v: number;
}

/** Whose key signed this, in lower case: some address for any signature, none where it is none or no point of the curve. */
export async function signerOf(signed: Signed, { r, s, v }: Partial<Signature>): Promise<string | undefined> {
  if (r === undefined || s === undefined || v === undefined) return undefined;
  try {
    const address = await recoverTypedDataAddress({
      domain: DOMAIN,
      types: TYPES,
      primaryType: "Agent",
      message: { source: MAIN, connectionId: actionHash(signed) },
      signature: { r, s, v: BigInt(v) },
    });
    return address.toLowerCase();
  } catch {
    return undefined;
  }
}
