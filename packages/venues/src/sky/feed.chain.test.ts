// The feed against our own core in Solidity: it asks by the real contracts' names and computes on an EVM, but it is not Sky's, which no
// package has.
import type { BookEvent } from "@plimsoll/core/book";
import { holdingId, text } from "@plimsoll/core/units";
import { mainUrl, rpcClient } from "@plimsoll/venues/chain";
import type { Hex } from "viem";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type SkySource, discover, ilkWord } from "./discover.ts";
import { skyFeed } from "./feed.ts";
import { RAY, WAD } from "./fixed-point.ts";
import type { SkyBody } from "./holding.ts";
import { readSnapshot } from "./snapshot.ts";
import { RAD, ilkTerms } from "./testing.ts";
import type { SkyTerms } from "./terms.ts";
import { type LocalCore, openLocalCore } from "./testing/local-core.ts";

let core: LocalCore;
let source: SkySource;
const urn = `0x${"ab".repeat(20)}` as const;
const word = ilkWord({ ilk: "ETH-A" });
const { mat, dust, chop, hole, auction } = ilkTerms("ETH-A");
/** Five per cent a year, about. */
const duty = RAY + 1_547_125_957_863_212_448n;
const base = 7n;
const rate = RAY + RAY / 10n + 1n;

const part = (name: string) => core.part(name);
const send = (name: string, method: string, ...args: readonly unknown[]) => core.send(name, method, ...args);
const setClip = (calc: Hex) =>
  send("SkyClip", "set", auction.buf, auction.tail, auction.cusp, auction.chip, auction.tip, calc);

beforeAll(async () => {
  core = await openLocalCore();
  source = core.sourceOf({ urn, user: core.chain.accounts[3]! });
}, 120_000);
afterAll(() => core.chain.stop());
beforeEach(async () => {
  await send("SkyVat", "setIlk", word, rate, 1n, dust);
  await send("SkyVat", "setUrn", word, urn, 10n * WAD, 12_345n * WAD, 0n);
  await send("SkyJug", "set", word, duty, base);
  await send("SkySpotter", "set", word, part("SkyQueue").address, mat, RAY + 3n);
  await send("SkyQueue", "set", 2_500n * WAD + 7n, true, 1_900n * WAD + 1n, true);
  await setClip(part("SkyStairs").address);
  await send("SkyDog", "set", word, [part("SkyClip").address, chop, hole, 5n * RAD], 9n * hole, 6n * RAD);
});

async function events(change: Partial<SkySource> = {}): Promise<readonly BookEvent[]> {
  const read = await skyFeed(holdingId("mine"), { ...source, ...change }).snapshot();
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value;
}
const failure = async (change: Partial<SkySource>) => skyFeed(holdingId("mine"), { ...source, ...change }).snapshot();
const only = <T extends BookEvent["type"]>(all: readonly BookEvent[], type: T) =>
  all.filter((event): event is Extract<BookEvent, { type: T }> => event.type === type);
const told = (all: readonly BookEvent[]) => [
  ...only(all, "price").map(({ key, price, kind }) => `${key} ${kind} ${text(price)}`),
  ...only(all, "lost").map(({ what }) => `${what} lost`),
];
const rows = (all: readonly BookEvent[]) =>
  only(all, "parity")[0]!.rows.map(({ figure, verdict, venue }) => [figure, verdict, venue !== "none" && venue.digits]);

test("another chain, another core, a type without auctions and an empty vault are refused", async () => {
  expect(await failure({ chainId: 1 })).toMatchObject({ failure: { code: "chain/wrong-chain" } });
  expect(await failure({ ilk: "ETH-Z" })).toMatchObject({ failure: { code: "sky/no-such-vault-type" } });
  expect(await failure({ urn: source.user })).toMatchObject({ failure: { code: "sky/no-position" } });
  expect(await failure({ dog: source.user })).toMatchObject({ failure: { code: "chain/unexpected-contract" } });
});

test("terms, both prices from storage, and the vault of one block; the core's own drip, poke and bark beside ours", async () => {
  const { timestamp } = await rpcClient(mainUrl(source)).getBlock();
  await core.chain.mine(Number(timestamp) + 3_000_000);
  const all = await events();
  const terms = only(all, "terms")[0]!.terms.body as SkyTerms;
  expect(terms).toMatchObject({ par: RAY + 3n, hole: 9n * hole, flash: { most: 5n * WAD, toll: 0n } });
  const shipped = { ...ilkTerms("ETH-A"), asset: "WETH", feeMost: "unknown" };
  expect(terms.ilks).toEqual([shipped]);
  expect(told(all)).toEqual([
    "sky:WETH:oracle oracle 2500.000000000000000007",
    "sky:WETH:next-oracle next-oracle 1900.000000000000000001",
  ]);
  const body = only(all, "holding")[0]!.holding.body as SkyBody;
  expect(body.vaults).toEqual([{ id: urn, ilk: "ETH-A", ink: 10n * WAD, art: 12_345n * WAD, gem: 0n }]);
  expect([body.ilks[0]!.fee, body.ilks[0]!.dirt, body.dirt, body.sales]).toEqual([duty + base, 5n * RAD, 6n * RAD, []]);
  expect(rows(all).map(([figure, verdict]) => [figure, verdict])).toEqual([
    ["rate", "same"],
    ["spot", "same"],
    ["unsafe", "same"],
  ]);
  expect(rows(all)[2]![2]).toBe(0n);
});

test("a vault that the core would auction is told so by both; at a full limit the core's answer is none", async () => {
  await send("SkyQueue", "set", 1_500n * WAD, true, 1_500n * WAD, true);
  expect(rows(await events())[2]).toEqual(["unsafe", "same", 1n]);
  await send("SkyDog", "set", word, [part("SkyClip").address, chop, hole, hole], 9n * hole, 6n * RAD);
  expect(rows(await events()).map(([figure]) => figure)).toEqual(["rate", "spot"]);
});

test("a price that is void, or that storage of another layout would give, is lost and never a number", async () => {
  await send("SkyQueue", "set", 1_500n * WAD, true, 1_500n * WAD, false);
  expect(told(await events())).toEqual(["sky:WETH:oracle oracle 1500.000000000000000000", "sky:WETH:next-oracle lost"]);
  await send("SkySpotter", "set", word, part("SkyOddQueue").address, mat, RAY);
  expect(told(await events())).toEqual(["sky:WETH:oracle lost", "sky:WETH:next-oracle lost"]);
  await send("SkyOpenPrice", "set", 77n * WAD);
  await send("SkySpotter", "set", word, part("SkyOpenPrice").address, mat, RAY);
  const open = await events();
  expect(told(open)).toEqual(["sky:WETH:oracle oracle 77.000000000000000000"]);
  expect((only(open, "terms")[0]!.terms.body as SkyTerms).ilks[0]!.delay).toBe(0n);
});

test("a replaced price module is noticed, and terms that cannot be are refused", async () => {
  const client = rpcClient(mainUrl(source));
  const known = await discover(client, source);
  if (!known.ok) throw new Error(JSON.stringify(known.failure));
  await send("SkySpotter", "set", word, part("SkyOpenPrice").address, mat, RAY);
  const again = await readSnapshot(client, source, known.value);
  expect(again).toMatchObject({ failure: { code: "sky/parts-replaced" } });
  await send("SkyDog", "set", word, [part("SkyClip").address, 0n, hole, 0n], hole, 0n);
  expect(await failure({})).toMatchObject({ failure: { code: "sky/unreadable" } });
  await send("SkyDog", "set", word, [part("SkyClip").address, chop, hole, 0n], hole, 0n);
  await setClip(part("SkyVat").address);
  expect(await failure({})).toMatchObject({ failure: { code: "sky/unknown-auction-price" } });
});

test("of the running auctions those of this vault are read", async () => {
  const tic = 1_700_000_000n;
  await send("SkyClip", "setSale", 4n, [0n, 90n * RAD, 3n * WAD, source.user, tic, 9n * RAY]);
  await send("SkyClip", "setSale", 7n, [1n, 113n * RAD, 2n * WAD, urn, tic, 8n * RAY]);
  const body = only(await events(), "holding")[0]!.holding.body as SkyBody;
  const lot = { lot: 2n * WAD, top: 8n * RAY, tic };
  expect(body.sales).toEqual([{ vault: urn, ilk: "ETH-A", tab: 113n * RAD, penalty: 13n * RAD, ...lot }]);
});
