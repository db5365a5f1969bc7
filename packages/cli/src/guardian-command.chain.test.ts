import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCanonical } from "@plimsoll/core/units";
import { guardianDeployment } from "@plimsoll/contracts";
import { type GuardianChain, movePair, openPosition, startGuardianChain, usd } from "@plimsoll/contracts/testing";
import { testAccount } from "@plimsoll/sim/chain";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInTest } from "./run-in-test.ts";

let world: GuardianChain;
let folder: string;
beforeAll(async () => {
  world = await startGuardianChain();
  folder = await mkdtemp(join(tmpdir(), "plimsoll-guardian-"));
});
afterAll(async () => {
  await world.chain.stop();
  await rm(folder, { recursive: true });
});

const nobody = "0x0000000000000000000000000000000000000000";

async function policyFile(owner: string, change: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { guardian, second } = world;
  const long = { maxAge: "365d", secondMaxAge: "365d" };
  const file = join(folder, "policy.json");
  const written = {
    plimsoll: "guardian-policy/1",
    ...{ guardian: guardian.address, owner, expires: "2096-01-01" },
    debts: [{ asset: "USDC", second: second["USDC"]!.address, ...long }],
    collaterals: [{ asset: "WETH", second: second["WETH"]!.address, allow: "40", ...long }],
    bounty: { perCall: "300 USD", perPeriod: "900 USD" },
    caps: { perCall: "80000 USD", perPeriod: "90000 USD" },
    ...change,
  };
  await writeFile(file, JSON.stringify(written));
  return file;
}
/** Sends what a command wrote for a Safe, one after the other. */
async function sendAs(from: `0x${string}`, file: string): Promise<void> {
  type Sent = { readonly to: `0x${string}`; readonly data: `0x${string}` };
  const { transactions } = JSON.parse(await readFile(file, "utf8")) as { readonly transactions: readonly Sent[] };
  for (const { to, data } of transactions)
    expect(await world.chain.rpc.send({ from, to, data })).toMatchObject({ status: "0x1" });
}
const guardianSays = (name: string, ...args: readonly string[]) =>
  runInTest("guardian", name, "--rpc", world.chain.rpcUrl, ...args);

test("what is granted is said with its worst, asked for in words, armed by the batch, shown, and taken back", async () => {
  const { chain, guardian, route } = world;
  const [, owner = "0x" as const] = chain.accounts;
  await openPosition(world, owner, { allowed: 0n });
  const policy = await policyFile(owner);

  const asked = await guardianSays("grant", "--policy", policy);
  expect(asked.code).toBe(1);
  const words = /--acknowledge "([^"]+)"/.exec(asked.errors)?.[1] ?? "";
  expect(words).toBe("unaudited, 96000 USD at risk");
  const batch = join(folder, "grant.json");
  const grantedNow = await guardianSays("grant", "--policy", policy, "--acknowledge", words, "--out", batch);
  expect(grantedNow).toMatchObject({ code: 0, errors: "" });
  expect(grantedNow.lines).toMatch(/nobody has audited, that is all of it, 96000 USD/);
  await sendAs(owner, batch);

  await world.setPrice("WETH", usd(2_100));
  await movePair(world, usd(2_100));
  const preview = await guardianSays("preview", "--policy", policy, "--pair-route", route);
  expect(preview).toMatchObject({ code: 0, errors: "" });
  expect(preview.lines).toMatch(/health 1\.08\d+ to 1\.33\d+, repays 80000000000, bounty 300000000,/);
  expect(preview.lines).toMatch(
    /2020-03-12[^\n]*this policy cannot save you in this drill: all that it may take is taken/,
  );
  expect(preview.lines).toMatch(/2023-03-usdc: survives, health 1\.\d+ at worst/);
  const listed = await guardianSays("list", "--guardian", guardian.address);
  expect(listed.lines).toMatch(/armed until 2096-01-01/);

  const back = join(folder, "revoke.json");
  const revoked = await guardianSays("revoke", "--guardian", guardian.address, "--owner", owner, "--out", back);
  expect(revoked.lines).toMatch(/allow 0x[0-9a-f]+ no aWETH any more/i);
  await sendAs(owner, back);
  expect((await guardianSays("list", "--guardian", guardian.address)).lines).toMatch(/: ended;/);
  expect((await guardianSays("revoke", "--guardian", guardian.address, "--owner", owner)).lines).not.toMatch(
    /no aWETH/,
  );
});

test("a policy that contradicts itself, another contract and an unknown token are refused with what to write instead", async () => {
  const [, owner = ""] = world.chain.accounts;
  const refused = async (change: Readonly<Record<string, unknown>>) =>
    (await guardianSays("grant", "--policy", await policyFile(owner, change))).errors;
  expect(await refused({ target: ["1.15", "1.50"] })).toMatch(/begin the band above the trigger, which is 1.2/);
  expect(await refused({ guardian: world.route })).toMatch(/grant nothing to it/);
  expect(await refused({ debts: [{ asset: "DOGE", second: nobody }] })).toMatch(/write one of WETH/);
  expect(await refused({ caps: { perCall: "80000 USD", perPeriod: "9 USD" } })).toMatch(
    /write at least what one call may repay/,
  );
});

test("where guardian and route will stand is known before they are put there", async () => {
  const { provider } = world.chain.addresses;
  const { code, lines } = await guardianSays("deploy", "--provider", provider, "--pair-factory", world.route);
  expect(code).toBe(0);
  expect(lines).toContain(`put the guardian at ${guardianDeployment(provider, nobody).address}`);
  expect(lines).toMatch(/put the pair route at 0x[0-9a-f]{40}/);
});

test("a signed policy is armed by anybody's transaction; one alone is ended by its id", async () => {
  const { chain, guardian } = world;
  const owner = testAccount(2);
  const file = await policyFile(owner.address, {
    nonce: "7",
    collaterals: [{ asset: "WETH", second: world.second["WETH"]!.address }],
  });
  const asked = await guardianSays("grant", "--policy", file, "--signed");
  const typed = readCanonical(/Sign as typed data: (.*)/.exec(asked.lines)?.[1] ?? "{}") as Parameters<
    typeof owner.signTypedData
  >[0];
  const batch = join(folder, "armed.json");
  await guardianSays("grant", "--policy", file, "--signature", await owner.signTypedData(typed), "--out", batch);
  await sendAs(chain.accounts[9]!, batch);
  const id =
    new RegExp(`(0x[0-9a-f]{64}) of ${owner.address}: armed`, "i").exec(
      (await guardianSays("list", "--guardian", guardian.address)).lines,
    )?.[1] ?? "";
  const ending = join(folder, "ended.json");
  await guardianSays("revoke", "--guardian", guardian.address, "--owner", owner.address, "--id", id, "--out", ending);
  await sendAs(chain.accounts[2]!, ending);
  expect((await guardianSays("list", "--guardian", guardian.address)).lines).toMatch(new RegExp(`${id}[^\\n]*: ended`));
});
