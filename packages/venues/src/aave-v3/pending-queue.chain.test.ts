import { type Pending, type Terms, diffTerms } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { hashWith } from "@plimsoll/core/policy";
import { type Foreseen, type Prospect, foresee, prospectsOf } from "@plimsoll/core/risk";
import { exact, ms, rescale, text } from "@plimsoll/core/units";
import { transact } from "@plimsoll/sim/chain";
import { createHash } from "node:crypto";
import { type Hex, encodeAbiParameters, encodeFunctionData, keccak256, toHex, zeroHash } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf } from "./events.ts";
import { aaveV3 } from "./index.ts";
import { type Queue, readPendingChanges } from "./pending-queue.ts";
import { type Seen, type World, openWorld, sure } from "./testing/world.ts";
import type { AaveTerms } from "./terms.ts";

const DAY = 86_400;
const HOUR = 3_600;
const hashOf = hashWith((bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()));
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

const token = (symbol: string): Hex => world.chain.addresses.tokens[symbol]!;
const queue = (): Queue => ({ timelock: world.chain.addresses.timelock });
const now = async () => Number((await world.client.getBlock()).timestamp);
async function send(from: Hex, name: string, address: Hex, call: string, args: readonly unknown[]) {
  const { status } = await transact(
    world.chain.rpc,
    from,
    world.chain.contract(name, address),
    call,
    args,
    20_000_000n,
  );
  expect([call, status]).toEqual([call, "0x1"]);
}
const pool = (from: Hex, call: string, ...args: readonly unknown[]) =>
  send(from, "PoolInstance", world.pool.address, call, args);

type Call = readonly [functionName: string, ...args: readonly unknown[]];
/** One operation: calls of the configurator, or of the oracle where the function is its own. */
function operation(calls: readonly Call[], salt: string) {
  const { configurator, oracle } = world.chain.addresses;
  const encoded = calls.map(([functionName, ...args]) => {
    const [name, target] =
      functionName === "setAssetSources"
        ? (["AaveOracle", oracle] as const)
        : (["PoolConfiguratorInstance", configurator] as const);
    return { target, data: encodeFunctionData({ abi: world.chain.contract(name, target).abi, functionName, args }) };
  });
  return [
    encoded.map(({ target }) => target),
    encoded.map(() => 0n),
    encoded.map(({ data }) => data),
    zeroHash,
    keccak256(toHex(salt)),
  ] as const;
}
const timelock = (call: string, args: readonly unknown[]) =>
  send(world.chain.accounts[0]!, "Timelock", queue().timelock, call, args);
const schedule = (calls: readonly Call[], salt: string, delay: number) =>
  timelock("scheduleBatch", [...operation(calls, salt), BigInt(delay)]);

/** A snapshot as a turn holds it. */
function held(seen: Seen, user: Hex) {
  const [terms, ...rest] = eventsOf(seen, "me" as never, world.sourceOf(user));
  const holding = rest.at(-1);
  if (terms?.type !== "terms" || holding?.type !== "holding") throw new Error("another order of events");
  const quotes: Scene<unknown>["quotes"] = new Map(
    rest.flatMap((event) =>
      event.type === "price" ? [[event.key, { value: event.price, kind: event.kind, asOf: event.at }] as const] : [],
    ),
  );
  return { terms: terms.terms, holding: holding.holding, quotes };
}

/** The account under every prospect as it will be at a moment: interest until then, prices of now. */
function foreseenAt(
  { terms, holding, quotes }: ReturnType<typeof held>,
  prospect: Prospect,
  seconds: number,
): Foreseen {
  const scene = { now: ms(seconds * 1_000), quotes, terms };
  const later = aaveV3.engine.advance(holding, scene.now, scene);
  return foresee(aaveV3.engine, later, aaveV3.engine.accounts(later)[0]!, scene, [prospect])[0]!;
}
const healthThen = ({ lines }: Foreseen) =>
  text(rescale(lines.find(({ name }) => name === "maintenance")!.after!, 18, "floor"));
const bodyOf = (terms: Terms<unknown>) => terms.body as AaveTerms;

async function pendingOf(seen: Seen, user: Hex): Promise<readonly Pending[]> {
  return sure(await readPendingChanges(world.client, world.sourceOf(user), queue(), seen.terms));
}

const rates = (...values: readonly number[]) =>
  encodeAbiParameters(
    [{ type: "uint16" }, { type: "uint32" }, { type: "uint32" }, { type: "uint32" }],
    values as [number, number, number, number],
  );

test("every call that governance can queue: the terms foreseen are those that the chain then has, health to the wei", async () => {
  const [user = "0x"] = world.borrowers;
  await pool(user, "supply", token("WETH"), 100n * 10n ** 18n, user, 0);
  await pool(user, "supply", token("wstETH"), 20n * 10n ** 18n, user, 0);
  await pool(user, "supply", token("USDC"), 10_000n * 10n ** 6n, user, 0);
  await pool(user, "setUserEMode", 1);
  await pool(user, "borrow", token("WETH"), 40n * 10n ** 18n, 2n, 0, user);
  const [weth, wsteth, usdc, link, crv] = ["WETH", "wstETH", "USDC", "LINK", "CRV"].map(token) as [
    Hex,
    Hex,
    Hex,
    Hex,
    Hex,
  ];
  const { feeds } = world.chain.addresses;
  const operations: readonly (readonly Call[])[] = [
    [
      ["configureReserveAsCollateral", usdc, 7_000n, 7_500n, 10_600n],
      ["setSupplyCap", weth, 900_000n],
      ["setBorrowCap", weth, 800_000n],
    ],
    [["setEModeCategory", 1, 9_000, 9_200, 10_200, "ETH, tighter"]],
    [
      ["setReserveFactor", weth, 2_500n],
      ["setReserveInterestRateData", weth, rates(7_000, 100, 500, 9_000)],
    ],
    [["setReserveFreeze", wsteth, true]],
    [["configureReserveAsCollateral", wsteth, 7_500n, 7_900n, 10_700n]],
    [["setAssetCollateralInEMode", wsteth, 1, false]],
    [["setReserveFreeze", wsteth, false]],
    [
      ["setAssetCollateralInEMode", wsteth, 1, true],
      ["setAssetLtvzeroInEMode", wsteth, 1, true],
    ],
    [
      ["setAssetLtvzeroInEMode", wsteth, 1, false],
      ["setAssetBorrowableInEMode", link, 1, true],
      ["setAssetBorrowableInEMode", weth, 1, false],
    ],
    [["setReserveLtvzero", usdc, true]],
    [["setReserveLtvzero", usdc, false]],
    [
      ["setReserveBorrowing", link, false],
      ["setReserveFlashLoaning", weth, false],
      ["updateFlashloanPremium", 9n],
      ["setLiquidationProtocolFee", weth, 1_500n],
    ],
    [
      ["setBorrowableInIsolation", weth, true],
      ["setSiloedBorrowing", link, true],
      ["setDebtCeiling", crv, 600_000_00n],
    ],
    [["setAssetSources", [weth, crv], [feeds["wstETH"], feeds["LINK"]]]],
    [["setPoolPause", true]],
    [
      ["setReservePause", weth, false, HOUR],
      ["setReservePause", usdc, false],
    ],
    [["setPoolPause", false, 2 * HOUR]],
    [["disableLiquidationGracePeriod", weth]],
  ];
  for (const [index, calls] of operations.entries())
    await schedule(calls, `operation ${index}`, DAY + (index + 1) * HOUR);
  // what is cancelled, and what does not touch the market, is not coming
  await schedule([["setReserveFreeze", weth, true]], "cancelled", DAY);
  await timelock("cancel", [await cancelledId([["setReserveFreeze", weth, true]], "cancelled")]);

  let seen = await world.read(user);
  const first = await pendingOf(seen, user);
  expect(first).toHaveLength(operations.length);
  expect(first.flatMap(({ unread = [] }) => unread)).toEqual([]);
  for (const [index, calls] of operations.entries()) {
    const pending = await pendingOf(seen, user);
    expect(pending).toHaveLength(operations.length - index);
    const before = held(seen, user);
    const [prospect] = prospectsOf(before.terms, { documents: [], pending }, before.holding.asOf, hashOf);
    expect(prospect!.refused).toEqual([]);
    const runAt = prospect!.at / 1_000;
    const foreseen = foreseenAt(before, prospect!, runAt);
    await world.chain.setNextTime(runAt);
    await timelock("executeBatch", operation(calls, `operation ${index}`));
    expect(await now()).toBe(runAt);
    seen = await world.read(user);
    const names = calls.map(([name]) => name).join();
    expect([names, diffTerms(bodyOf(prospect!.terms), seen.terms)]).toEqual([names, []]);
    expect([names, healthThen(foreseen)]).toEqual([names, text(exact(seen.venue.health, 18))]);
    for (const [key, price] of prospect!.prices) expect(held(seen, user).quotes.get(key)?.value).toEqual(price);
  }
  expect(await pendingOf(seen, user)).toEqual([]);
});

async function cancelledId(calls: readonly Call[], salt: string): Promise<Hex> {
  const { abi, address } = world.chain.contract("Timelock", queue().timelock);
  const args = operation(calls, salt);
  return (await world.client.readContract({ abi, address, functionName: "hashOperationBatch", args })) as Hex;
}

test("operations that wait together add up, and tell beforehand who can be liquidated; what cannot be read is unknown", async () => {
  const [, user = "0x"] = world.borrowers;
  await pool(user, "supply", token("USDT"), 100_000n * 10n ** 6n, user, 0);
  await pool(user, "borrow", token("DAI"), 70_000n * 10n ** 18n, 2n, 0, user);
  const lower: readonly Call[] = [["configureReserveAsCollateral", token("USDT"), 6_500n, 7_200n, 10_500n]];
  const dearer: readonly Call[] = [["setAssetSources", [token("DAI")], [world.chain.addresses.feeds["EURC"]]]];
  await schedule(lower, "lower", DAY + HOUR);
  await schedule(dearer, "dearer", DAY + 2 * HOUR);
  const seen = await world.read(user);
  const before = held(seen, user);
  const prospects = prospectsOf(
    before.terms,
    { documents: [], pending: await pendingOf(seen, user) },
    before.holding.asOf,
    hashOf,
  );
  expect(prospects.map(({ how }) => how)).toEqual(["queued", "queued"]);
  const [first, second] = prospects.map((prospect) => foreseenAt(before, prospect, prospects[1]!.at / 1_000));
  expect(first!.danger).not.toBe("liquidatable");
  expect(second!.danger).toBe("liquidatable");
  await world.chain.setNextTime(prospects[0]!.at / 1_000);
  await timelock("executeBatch", operation(lower, "lower"));
  await world.chain.setNextTime(prospects[1]!.at / 1_000);
  await timelock("executeBatch", operation(dearer, "dearer"));
  const then = await world.read(user);
  expect(healthThen(second!)).toBe(text(exact(then.venue.health, 18)));
  expect(then.venue.health).toBeLessThan(10n ** 18n);

  const { rpc, accounts, addresses } = world.chain;
  const { abi } = world.chain.contract("PoolAddressesProvider", addresses.provider);
  const upgrade = encodeFunctionData({ abi, functionName: "setPoolImpl", args: [user] });
  const lock = world.chain.contract("Timelock", addresses.timelock);
  const args = [[addresses.provider], [0n], [upgrade], zeroHash, zeroHash, BigInt(DAY)];
  await transact(rpc, accounts[0]!, lock, "scheduleBatch", args);
  const [unread] = await pendingOf(then, user);
  expect(unread).toMatchObject({ changes: [], unread: [expect.stringContaining(addresses.provider.toLowerCase())] });
  const usdc = world.chain.contract("FaucetToken", token("USDC"));
  const pay = encodeFunctionData({ abi: usdc.abi, functionName: "transfer", args: [user, 1n] });
  const elsewhere = encodeFunctionData({ abi: usdc.abi, functionName: "mint", args: [user, 1n] });
  for (const [index, data] of [pay, elsewhere].entries())
    await transact(rpc, accounts[0]!, lock, "scheduleBatch", [
      [usdc.address],
      [0n],
      [data],
      zeroHash,
      zeroHash,
      BigInt(2 * DAY + index),
    ]);
  expect((await pendingOf(then, user)).map(({ unread: what = [] }) => what.length)).toEqual([1, 1]);

  const [blind] = prospectsOf(held(then, user).terms, { documents: [], pending: [unread!] }, ms(0), hashOf);
  expect(foreseenAt(held(then, user), blind!, Number(then.body.timestamp))).toMatchObject({
    touches: true,
    danger: "liquidatable",
  });
  const safe = await world.read(world.lender);
  expect(foreseenAt(held(safe, world.lender), blind!, Number(safe.body.timestamp)).danger).toBe("unknown");
});
