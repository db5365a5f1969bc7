import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readConfig } from "./files/config-file.ts";
import { keyRing } from "./files/key-ring.ts";
import { openSigning } from "./signing-accounts.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-signing-"));
afterAll(() => rmSync(folder, { recursive: true }));

// The first key of the public test mnemonic "test test ... junk", its address, and the second one's
const SECRET = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const WALLET = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const OTHER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

async function open(user: string, more: string) {
  const path = join(folder, "plimsoll.yaml");
  writeFileSync(
    path,
    `plimsoll: config/1
dataDir: ${folder}
accounts:
  - { name: loan, venue: aave-v3, rpc: "http://127.0.0.1:1", chainId: 31337, market: "${OTHER}", user: "${user}"${more} }
`,
  );
  const layers = readConfig(path, {}, {});
  if (!layers.ok) throw new Error(layers.failure.facts["detail"]);
  const environment = { WALLET: SECRET };
  const ask = () => Promise.reject(new Error("nothing is asked"));
  const opened = await openSigning(layers.value, keyRing(layers.value.config, environment, ask), environment);
  return opened.ok ? opened.value : opened.failure;
}
const keys = ", keys: { trade: { secret: { env: WALLET } } }";

test("signed is with the wallet that serve reads: the account's own, or the payer that is named", async () => {
  expect(await open(WALLET, keys)).toMatchObject([{ account: { name: "loan" } }]);
  expect(await open(WALLET.toLowerCase(), keys)).toMatchObject([{ account: { name: "loan" } }]);
  expect(await open(OTHER, `${keys}, payer: "${WALLET}"`)).toMatchObject([{ account: { name: "loan" } }]);
});

test("a key of another wallet is refused, with both addresses", async () => {
  const refused = { code: "signer/other-wallet", facts: { wallet: WALLET, account: "loan" } };
  expect(await open(OTHER, keys)).toMatchObject({ ...refused, facts: { ...refused.facts, expected: OTHER } });
  expect(await open(WALLET, `${keys}, payer: "${OTHER}"`)).toMatchObject(refused);
});

test("what is known of an account on a chain says that one operator confirms nothing, and carries no secret", async () => {
  const opened = await open(WALLET, keys);
  expect(opened).toMatchObject([{ notices: [{ code: expect.stringMatching(/^chain\//) }] }]);
  expect(
    JSON.stringify(opened, (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value)),
  ).not.toContain(SECRET.slice(2));
});

test("a config without a key that sends has nothing to sign for", async () => {
  expect(await open(WALLET, "")).toMatchObject({ code: "signer/no-keys", facts: { next: "name one as keys.trade" } });
});
