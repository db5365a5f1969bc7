// Accounts on a chain as a config names them: three venues, one local chain, two operators of which one can be made to lie.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AccountKey, type Result, type Why, assetId, dec } from "@plimsoll/core/units";
import {
  type Chain,
  openComet,
  openDemoPosition,
  openMorpho,
  startChain,
  testAccount,
  transact,
} from "@plimsoll/sim/chain";
import { type FaultyRpc, faultyRpc } from "@plimsoll/venues/chain/testing";
import { toHex } from "viem";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Connected, connectAll } from "./connect.ts";
import { readConfig } from "./files/config-file.ts";
import { keyRing } from "./files/key-ring.ts";
import { runInTest } from "./run-in-test.ts";

const PAYER = 12;
const folder = mkdtempSync(join(tmpdir(), "plimsoll-chain-"));
const config = join(folder, "plimsoll.yaml");
let chain: Chain;
let other: FaultyRpc;
/** What a config says of an account at each venue, without its endpoints and keys. */
let accounts: Readonly<Record<string, string>>;

function sure<T>(made: Result<T, Why>): T {
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  return made.value;
}

beforeAll(async () => {
  chain = sure(await startChain());
  other = await faultyRpc(chain.rpcUrl);
  const user = chain.accounts[1]!;
  const { provider, multicall } = chain.addresses;
  const where = `chainId: ${chain.chainId}, multicall: "${multicall}", user: "${user}"`;
  const morpho = await borrowAtMorpho();
  const comet = await borrowAtCompound();
  sure(
    await openDemoPosition(chain, {
      user,
      supply: [{ symbol: "WETH", amount: dec("10") }],
      borrow: [{ symbol: "USDC", amount: dec("12000") }],
      reserve: { wallet: chain.accounts[PAYER]!, holds: [{ symbol: "USDC", amount: dec("5000") }] },
    }),
  );
  accounts = {
    "aave-v3": `${where}, addressesProvider: "${provider}"`,
    "morpho-blue": `${where}, morpho: "${morpho.address}", markets: ["${morpho.market}"]`,
    "compound-v3": `${where}, market: local, comet: "${comet}"`,
  };
});
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  await other?.stop();
  await chain?.stop();
});
beforeEach(() => {
  vi.stubEnv("LOAN_KEY", toHex(testAccount(PAYER).getHdKey().privateKey!));
  vi.stubEnv("OTHER_RPC", other.url);
  other.fault = () => "none";
});

/** The owner and a lender get tokens and let a contract take them. */
async function fund(spender: `0x${string}`): Promise<void> {
  for (const who of [chain.accounts[1]!, chain.accounts[3]!])
    for (const symbol of ["USDC", "WETH"]) {
      const token = chain.contract("FaucetToken", chain.addresses.tokens[symbol]!);
      await transact(chain.rpc, who, token, "mint", [who, 10n ** 30n]);
      await transact(chain.rpc, who, token, "approve", [spender, 2n ** 255n]);
    }
}

async function borrowAtMorpho() {
  const { morpho, createMarket } = sure(await openMorpho(chain));
  const price = 2_400n * 10n ** 24n;
  const setup = {
    loan: "USDC",
    collateral: "WETH",
    lltv: 860_000_000_000_000_000n,
    price,
    irm: "utilisation",
  } as const;
  const { id, params } = await createMarket(setup);
  const [, user, , lender] = chain.accounts;
  await fund(morpho.address);
  await transact(chain.rpc, lender!, morpho, "supply", [params, 150_000_000000n, 0n, lender, "0x"]);
  await transact(chain.rpc, user!, morpho, "supplyCollateral", [params, 10n ** 19n, user, "0x"]);
  await transact(chain.rpc, user!, morpho, "borrow", [params, 12_000_000000n, 0n, user, user]);
  return { address: morpho.address, market: id };
}

async function borrowAtCompound() {
  const curve = { kink: 8n * 10n ** 17n, base: 0n, slopeLow: 10n ** 9n, slopeHigh: 10n ** 11n };
  const weth = {
    ...{ symbol: "WETH", scale: 10n ** 18n, supplyCap: 10n ** 24n, liquidationFactor: 93n * 10n ** 16n },
    ...{ borrowCollateralFactor: 825n * 10n ** 15n, liquidateCollateralFactor: 895n * 10n ** 15n },
  };
  const setup = { base: "USDC", baseScale: 10n ** 6n, baseBorrowMin: 100n, targetReserves: 0n, assets: [weth] };
  const made = await openComet(chain, {
    ...{ ...setup, storeFrontPriceFactor: 6n * 10n ** 17n, supplyCurve: curve, borrowCurve: curve },
  });
  const comet = sure(made);
  const [, user, , lender] = chain.accounts;
  const { USDC, WETH } = chain.addresses.tokens;
  await fund(comet.address);
  await transact(chain.rpc, lender!, comet, "supplyTo", [lender, USDC, 150_000_000000n]);
  await transact(chain.rpc, user!, comet, "supplyTo", [user, WETH, 10n ** 19n]);
  await transact(chain.rpc, user!, comet, "withdrawFrom", [user, user, USDC, 12_000_000000n]);
  return comet.address;
}

const two = () => `rpc: ["${chain.rpcUrl}", { env: OTHER_RPC }]`;
const one = () => `rpc: "${chain.rpcUrl}"`;
const withKey = "keys: { trade: { secret: { env: LOAN_KEY } } }";
function write(venue: string, ...more: readonly string[]): void {
  const account = `{ name: loan, venue: ${venue}, ${accounts[venue]}, ${more.join(", ")} }`;
  writeFileSync(config, `plimsoll: config/1\ndataDir: ${folder}\naccounts: [${account}]\n`);
}
async function connect(): Promise<Connected> {
  const layers = sure(readConfig(config, process.env, {}));
  const ask = () => Promise.reject(new Error("nothing is asked"));
  return sure(await connectAll(layers.config, keyRing(layers.config, process.env, ask), process.env))[0]!;
}

// oxfmt-ignore
test.each([
  ["aave-v3",     ["collateral", "debt", "available-borrows", "liquidation-threshold", "ltv", "health-factor"]],
  ["morpho-blue", ["total-debt", "total-supply", "total-supply-shares", "liquidatable"]],
  ["compound-v3", ["debt", "reserves", "liquidatable"]],
] as const)("venue test %s: what the contract says of the account stands beside ours, confirmed by a second operator", async (venue, figures) => {
  write(venue, two());
  const asked = other.seen.length;
  const { code, lines, errors } = await runInTest("venue", "test", venue, "--config", config);
  expect([code, errors]).toEqual([0, ""]);
  for (const figure of figures) expect(lines).toMatch(new RegExp(`${figure} .* same`));
  expect(lines).toContain("0 not ours");
  expect(other.seen.length).toBeGreaterThan(asked);
});

test("a second operator that tells another story is named, and nothing is compared", async () => {
  write("morpho-blue", two());
  other.fault = ({ method }) =>
    method === "eth_call" ? { result: (answer) => `${String(answer).slice(0, -1)}1` } : "none";
  const { code, lines, errors } = await runInTest("venue", "test", "morpho-blue", "--config", config);
  expect([code, lines]).toEqual([20, ""]);
  expect(errors).toMatch(/RPC operators give 2 different answers to eth_call/);
  other.fault = () => "down";
  const silent = await runInTest("venue", "test", "morpho-blue", "--config", config);
  expect([silent.code, silent.errors]).toEqual([20, expect.stringMatching(/only 1 of 2 RPC operators answered/)]);
  expect(errors + silent.errors).not.toContain(other.secret);
});

const codes = ({ notices }: Connected) => notices.map(({ code }) => code);

// oxfmt-ignore
test.each([
  // venue          endpoints                                      notices                                       prepares
  ["aave-v3",       () => [one(), withKey],                          ["chain/one-operator"],                       "chain/one-operator"],
  ["aave-v3",       () => [one(), "singleOperator: true", withKey],  [],                                           "prepared"],
  ["aave-v3",       () => [two(), withKey],                          [],                                           "prepared"],
  ["morpho-blue",   () => [one(), withKey],                          ["chain/one-operator"],                       "chain/one-operator"],
  ["morpho-blue",   () => [two(), withKey],                          [],                                           "prepared"],
  ["morpho-blue",   () => [two()],                                   ["key/watch-only"],                           "watched"],
  ["compound-v3",   () => [one()],                                   ["chain/one-operator", "key/watch-only"],     "watched"],
] as const)("%s: an action is prepared on what is confirmed and on nothing else", async (venue, fields, notices, outcome) => {
  write(venue, ...fields());
  const connected = await connect();
  expect(codes(connected)).toEqual(notices);
  const { feed, actor } = connected.connection;
  const events = sure(await feed.snapshot());
  const holding = events.find((event) => event.type === "holding")?.holding;
  const account = events.flatMap((event) => (event.type === "parity" ? event.rows : []))[0]!.of as AccountKey;
  const repay = { do: "repay", asset: assetId("USDC"), amount: dec("100"), account } as const;
  const prepared = await actor?.prepare("key", holding!, repay);
  expect(prepared === undefined ? "watched" : prepared.ok ? "prepared" : prepared.failure.code).toBe(outcome);
});

test.each(["aave-v3", "morpho-blue", "compound-v3"])(
  "doctor --permissions of %s: what the wallet holds, and what it allows the venue's contract to take",
  async (venue) => {
    write(venue, two(), ...(venue === "aave-v3" ? [withKey] : []));
    const { code, lines } = await runInTest("doctor", "--permissions", "--config", config);
    expect(code).toBe(0);
    // the keyed wallet of the loan granted nothing yet; the owner let the other two contracts take what they want
    const spender = { "aave-v3": chain.addresses.pool.toLowerCase() }[venue] ?? "0x[0-9a-fA-F]{40}";
    const most = venue === "aave-v3" ? "nothing" : "any amount";
    expect(lines).toMatch(new RegExp(`USDC: holds [0-9.]+, allows ${spender} to take ${most}`));
    expect(lines).toMatch(venue === "aave-v3" ? /^trade key of loan/m : /^wallet of loan/m);
    expect(lines).not.toContain(other.secret);
  },
);

test("what a config says of a venue's accounts is checked by that venue's own fields", async () => {
  const refused = async (venue: string, ...more: readonly string[]) => {
    write(venue, ...more);
    return (await runInTest("config", "check", config)).errors;
  };
  expect(await refused("morpho-blue", one(), "timelocks: []")).toMatch(/timelocks: unknown key/);
  expect(await refused("aave-v3", "rpc: []")).toMatch(/accounts\[0\]\.rpc/);
  expect(await refused("aave-v3", "rpc: [nowhere]")).toMatch(/accounts\[0\]\.rpc\[0\]: Invalid URL/);
  expect(await refused("aave-v3", one(), "singleOperator: sure")).toMatch(/singleOperator/);
});
