import { pro } from "ccxt";
import { expect, test } from "vitest";
import { packed } from "./msgpack.ts";
import { type Signature, actionHash, signerOf } from "./signer.ts";
import { addressOf, secretOf } from "./testing/hyperliquid-venue.ts";

const client = new pro.hyperliquid({ walletAddress: addressOf("alice"), privateKey: secretOf("alice") });

// the other side of the comparison is the client library's own packer
test.each([
  ["integers at each length", [0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 1_767_225_660_000]],
  ["integers below 0", [-1, -32, -33, -128, -129, -32_768, -32_769, -(2 ** 31)]],
  ["texts", ["", "Gtc", "x".repeat(31), "x".repeat(32), "x".repeat(255), "x".repeat(256)]],
  ["a long list", Array.from({ length: 20 }, (_, at) => at)],
  ["a large map", Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`k${at}`, at % 2 === 0]))],
  ["an order", { type: "order", orders: [{ a: 0, b: true, p: "1", t: { limit: { tif: "Ioc" } } }], builder: null }],
])("%s are packed as the client packs them", (_case, value) => {
  expect(packed(value).toString("hex")).toBe(Buffer.from(client.packb(value) as Uint8Array).toString("hex"));
});

test("a fraction is no part of an action", () => {
  expect(() => packed({ a: 0.5 })).toThrow("0.5 is no integer");
});

const action = { type: "cancel", cancels: [{ a: 0, o: 70_000 }] };
const nonce = 1_767_225_660_000;
const vault = "1234567890abcdef1234567890abcdef12345678";

test.each([
  ["alone", undefined, undefined],
  ["for a vault", vault, undefined],
  ["until a moment", undefined, nonce + 1_000],
  ["for a vault, until a moment", vault, nonce + 1_000],
] as const)(
  "%s, the hash is the client's, and its signature leads back to its address",
  async (_case, vaultAddress, expiresAfter) => {
    const signed = { action, nonce, vaultAddress, expiresAfter };
    const theirs = client.actionHash(action, vaultAddress, nonce, expiresAfter) as unknown as Uint8Array;
    expect(actionHash(signed)).toBe(`0x${Buffer.from(theirs).toString("hex")}`);
    const signature = client.signL1Action(action, nonce, vaultAddress, expiresAfter) as Signature;
    expect(await signerOf(signed, signature)).toBe(addressOf("alice"));
    expect(await signerOf({ ...signed, nonce: nonce + 1 }, signature)).not.toBe(addressOf("alice"));
    expect(await signerOf(signed, { ...signature, r: "0x00" })).toBeUndefined();
  },
);
