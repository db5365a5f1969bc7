// The feed against our own branch in Solidity: it asks by the real contracts' names and computes on an EVM, but it is not Liquity's, which
// no package has.
import type { BookEvent } from "@plimsoll/core/book";
import { holdingId, text } from "@plimsoll/core/units";
import { type Chain, type Contract, openDouble, startChain, transact } from "@plimsoll/sim/chain";
import { mainUrl, rpcClient } from "@plimsoll/venues/chain";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type LiquitySource, discover } from "./discover.ts";
import { liquityFeed } from "./feed.ts";
import type { LiquityBody } from "./holding.ts";
import { readSnapshot } from "./snapshot.ts";
import type { LiquityTerms } from "./terms.ts";
import { ETHEREUM, WEI } from "./testing.ts";

let chain: Chain;
let branch: Contract;
let source: LiquitySource;
const manager = `0x${"cd".repeat(20)}` as const;
const nobody = `0x${"00".repeat(20)}` as const;
const none = { coll: 0n, boldDebt: 0n };
const sums = { coll: 7n * 10n ** 15n + 3n, boldDebt: 9n * 10n ** 18n + 1n };
const price = 2_345n * WEI + 6n;
const PERCENT = WEI / 100n;
const [mine, cheaper, dearer, batched] = [11n, 12n, 13n, 14n];

async function send(method: string, ...args: readonly unknown[]): Promise<void> {
  const receipt = await transact(chain.rpc, chain.accounts[0]!, branch, method, args);
  expect([method, receipt.status]).toEqual([method, "0x1"]);
}
interface Stored {
  readonly rate?: bigint;
  readonly shares?: bigint;
  readonly status?: number;
}
const set = (id: bigint, debt: bigint, { rate = 5n * PERCENT, shares = 0n, status = 1 }: Stored = {}, taken = none) => {
  const batch = shares > 0n ? manager : nobody;
  const [coll, stake] = [3n * WEI + 1n, 2n * WEI + 7n];
  return send("setTrove", id, [debt, coll, stake, status, 0n, 0n, 0n, rate, batch, shares], taken);
};

beforeAll(async () => {
  const started = await startChain();
  if (!started.ok) throw new Error(JSON.stringify(started.failure));
  chain = started.value;
  const { rpcUrl, chainId, addresses, accounts } = chain;
  const contracts = ["LiquityBranch"];
  const deploy = await openDouble(chain, { folder: "solidity-liquity", file: "LiquityBranch", contracts });
  if (!deploy.ok) throw new Error(JSON.stringify(deploy.failure));
  const made = await deploy.value("LiquityBranch", addresses.tokens["WETH"], addresses.tokens["LINK"]);
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  branch = made.value;
  const { multicall } = addresses;
  const where = { rpcUrls: [rpcUrl] as const, chainId, multicall, market: "local" };
  source = { ...where, registry: branch.address, trove: mine, user: accounts[3]! };
});
afterAll(async () => chain?.stop());
beforeEach(async () => {
  await send("setBranch", sums, price, false, 0n);
  await set(mine, 4_000n * WEI + 9n, {}, { coll: 10n ** 15n, boldDebt: 10n ** 18n });
  await set(cheaper, 2_500n * WEI, { rate: 4n * PERCENT }, sums);
  await set(dearer, 9_000n * WEI, { rate: 6n * PERCENT });
  await send("setBatch", manager, [100_000n * WEI, 0n, 3n * PERCENT, PERCENT, 70_000n * WEI]);
  await set(batched, 0n, { shares: 3_333n * WEI });
  await send("setQueue", [cheaper, mine, dearer]);
  const { timestamp } = await rpcClient(mainUrl(source)).getBlock();
  await chain.mine(Number(timestamp) + 5_000_000);
});

const tried = (change: Partial<LiquitySource>) =>
  liquityFeed(holdingId("mine"), { ...source, ...change }, ETHEREUM).snapshot();
async function events(change: Partial<LiquitySource> = {}): Promise<readonly BookEvent[]> {
  const read = await tried(change);
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value;
}
const only = <T extends BookEvent["type"]>(all: readonly BookEvent[], type: T) =>
  all.filter((event): event is Extract<BookEvent, { type: T }> => event.type === type);
const bodyOf = (all: readonly BookEvent[]) => only(all, "holding")[0]!.holding.body as LiquityBody;
const verdicts = (all: readonly BookEvent[]) =>
  only(all, "parity")[0]!.rows.map(({ figure, verdict }) => `${figure} ${verdict}`);
const agreed = ["debt same", "collateral same", "ratio same"];

test("another chain, a registry that is none and a trove that never was are refused", async () => {
  expect(await tried({ chainId: 1 })).toMatchObject({ failure: { code: "chain/wrong-chain" } });
  expect(await tried({ registry: manager })).toMatchObject({ failure: { code: "chain/unexpected-contract" } });
  expect(await tried({ trove: 99n })).toMatchObject({ failure: { code: "liquity-v2/no-position" } });
});

test("terms, price, trove and branch of one block; the contract's debt, collateral and ratio are ours to the unit", async () => {
  const all = await events();
  const terms = only(all, "terms")[0]!.terms.body as LiquityTerms;
  expect(terms.branches).toEqual(ETHEREUM.branches.filter((each) => each.branch === "WETH"));
  expect([terms.stable, terms.minDebt]).toEqual(["LINK", ETHEREUM.minDebt]);
  expect(only(all, "price").map(({ key, price: at }) => [key, text(at)])).toEqual([
    ["liquity-v2:WETH:oracle", "2345.000000000000000006"],
  ]);
  const body = bodyOf(all);
  expect(body.branches[0]).toMatchObject({ pool: 70_000n * WEI, totals: { coll: 900n * WEI, debt: 800_000n * WEI } });
  expect(body.troves[0]).toMatchObject({ id: "11", status: "active", coll: 3n * WEI + 1n });
  expect(body.troves[0]!.recorded).toMatchObject({ by: "owner", debt: 4_000n * WEI + 9n, rate: 5n * PERCENT });
  expect(verdicts(all)).toEqual(agreed);
});

test("a trove of a batch, and one after a shutdown, are the contract's to the unit too", async () => {
  const all = await events({ trove: batched });
  expect(bodyOf(all).batches[0]).toMatchObject({ manager, fee: PERCENT, shares: 70_000n * WEI });
  expect(verdicts(all)).toEqual(agreed);
  const { timestamp } = await rpcClient(mainUrl(source)).getBlock();
  await send("setBranch", { coll: 10n ** 16n, boldDebt: 10n ** 19n }, price, false, timestamp - 1_000_000n);
  const shut = await events();
  expect([bodyOf(shut).branches[0]!.shutdownTime, verdicts(shut)]).toEqual([timestamp - 1_000_000n, agreed]);
});

test("debt in front is what owes at a lower rate, and unknown where the list ends before", async () => {
  // 2500 at 4 % a year since it was set, a little more than 5,000,000 seconds ago
  const front = bodyOf(await events()).troves[0]!.debtInFront;
  expect(front !== "unknown" && front > 2_515n * WEI && front < 2_516n * WEI).toBe(true);
  await send("setQueue", [cheaper, 2n ** 256n - 1n]);
  expect(bodyOf(await events()).troves[0]!.debtInFront).toBe("unknown");
  await set(mine, 10n * WEI, { status: 4 }, none);
  await send("setQueue", [cheaper]);
  expect(bodyOf(await events()).troves[0]).toMatchObject({ status: "zombie", debtInFront: "unknown" });
});

test("a feed that does not answer, or reports a failed oracle, has no price; the branch is read as before that call", async () => {
  for (const [at, failed] of [
    [0n, false],
    [price, true],
  ] as const) {
    await send("setBranch", sums, at, failed, 0n);
    const all = await events();
    expect(only(all, "lost").map(({ what }) => what)).toEqual(["liquity-v2:WETH:oracle"]);
    expect([only(all, "price"), bodyOf(all).branches[0]!.shutdownTime]).toEqual([[], 0n]);
    expect(verdicts(all)).toEqual(["debt same", "collateral same"]);
  }
});

test("a trove that joins a batch is noticed; of a liquidated one what can be claimed is left", async () => {
  const client = rpcClient(mainUrl(source));
  const known = await discover(client, source);
  if (!known.ok) throw new Error(JSON.stringify(known.failure));
  await set(mine, 0n, { shares: WEI });
  const again = await readSnapshot(client, source, known.value, ETHEREUM);
  expect(again).toMatchObject({ failure: { code: "liquity-v2/batch-changed" } });
  await set(mine, 0n, { status: 3 });
  await send("setSurplus", source.user, 5n);
  const body = bodyOf(await events());
  expect([body.troves, body.surplus]).toEqual([[], [{ asset: "WETH", units: 5n }]]);
});
