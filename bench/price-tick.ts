import type { BookEvent } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";
import { type Turn, createTurn } from "@plimsoll/core/turn";
import { assetId, dec, exact, ms } from "@plimsoll/core/units";
import { sha256 } from "@plimsoll/keeper";
import { aaveV3, oracleQuote } from "@plimsoll/venues/aave-v3";
import {
  type Account,
  account,
  assessFresh,
  chanceOf,
  ethereum,
  now,
  randomPools,
  randomPrices,
  sceneAt,
  unitsOf,
} from "./aave.ts";
import { type Prepare, agree } from "./row.ts";

const [alone, one, all, oneGuarded, allGuarded, time] = [
  "engine.assess alone",
  "tick, 1 account holds it",
  "tick, all hold it",
  "tick, 1 holds it, a guard each",
  "tick, all hold it, a guard each",
  "time passes, a guard each",
];

/** A price tick through the whole decision function. */
export const preparePriceTick: Prepare = async (quick) => {
  const chance = chanceOf(3);
  const [prices, pools] = [randomPrices(chance, 0), randomPools(chance)];
  const size = quick ? 100 : 1_000;
  /** All against WETH and USDC, the first one with some LINK as well. */
  const accounts = Array.from({ length: size }, (_, i) => {
    const rows = [
      { asset: "WETH", supplied: unitsOf("WETH", 100_000, prices), pool: pools["WETH"]! },
      { asset: "USDC", owed: unitsOf("USDC", chance.between(20_000, 40_000), prices), pool: pools["USDC"]! },
    ];
    const link = { asset: "LINK", supplied: unitsOf("LINK", 1_000, prices), pool: pools["LINK"]! };
    return account(ethereum, `u${String(i).padStart(4, "0")}`, i === 0 ? [...rows, link] : rows);
  });
  const scene = sceneAt(prices);
  const [bare, guarded] = [turnOf(accounts, [], prices), turnOf(accounts, accounts.map(guardOf), prices)];
  for (const { turn } of [bare, guarded]) {
    const { accounts: seen } = turn.view();
    agree(seen.length === size, `the turn sees ${seen.length} of ${size} accounts`);
    agree(
      seen.every(({ danger }) => danger === "safe"),
      "an account is not safe before the first tick",
    );
  }
  agree(
    holders(bare.turn, "LINK") === 1 && holders(bare.turn, "WETH") === size,
    "the quotes are held by others than meant",
  );

  const tick = (name: string, { tick: step }: Fed, asset: string, times: number) => ({
    name,
    units: times * holders(bare.turn, asset),
    run: () => {
      let decisions = 0;
      for (let i = 0; i < times; i++) decisions += step(asset, chance.next());
      return decisions;
    },
  });
  return {
    question: `one price tick through the turn, ${size} accounts on Aave, by how many hold the price`,
    unit: "account looked at again",
    clock: "processor",
    contenders: [
      {
        name: alone,
        units: size,
        run: () => accounts.reduce((sum, one) => sum + assessFresh(one, scene).lines.length, 0),
      },
      tick(one, bare, "LINK", 50),
      tick(oneGuarded, guarded, "LINK", quick ? 20 : 5),
      tick(all, bare, "WETH", 1),
      tick(allGuarded, guarded, "WETH", 1),
      { name: time, units: size, run: () => guarded.pass() },
    ],
    ratios: [
      [alone, one],
      [alone, oneGuarded],
      [alone, all],
      [alone, allGuarded],
      [alone, time],
    ],
    checked: [`LINK is held by 1 account, WETH by ${size}; all are safe, so that no tick ends in a plan`],
  };
};

const holders = (turn: Turn, asset: string): number =>
  turn.view().accounts.filter(({ boundaries }) => boundaries.some(({ quote }) => quote === keyOf(asset))).length;
const keyOf = (asset: string) => oracleQuote(ethereum.market, asset);

type Fed = ReturnType<typeof turnOf>;

/** A turn that has read the terms, the prices and all accounts; each tick is a millisecond later and within 1 % of the first price. */
function turnOf(accounts: readonly Account[], guards: readonly Guard[], prices: Readonly<Record<string, bigint>>) {
  const turn = createTurn({ engineOf: () => aaveV3.engine, sha256 });
  const start = Number(now) * 1000;
  let seq = 0n;
  const feed = (event: Parameters<Turn["turn"]>[0]["event"], at = start) =>
    turn.turn({ seq: ++seq, at: ms(at), event });
  const price = (asset: string, digits: bigint, at: number): BookEvent => ({
    type: "price",
    key: keyOf(asset),
    price: exact(digits, 8),
    kind: "oracle",
    at: ms(at),
  });
  feed({ type: "terms", terms: { ...sceneAt(prices).terms } });
  for (const asset of ["WETH", "USDC", "LINK"]) feed(price(asset, prices[asset]!, start));
  for (const { holding } of accounts) feed({ type: "holding", holding });
  feed({ type: "policy", guards, reserves: [] });
  let at = start;
  const tick = (asset: string, chance: number): number => {
    at += 1;
    const digits = (prices[asset]! * BigInt(10_000 + Math.floor(200 * chance) - 100)) / 10_000n;
    return feed(price(asset, digits, at), at).length;
  };
  const pass = () => {
    at += 1;
    return feed({ type: "tick" }, at).length;
  };
  return { turn, tick, pass };
}

/** A health guard far from firing. */
const guardOf = ({ holding }: Account): Guard => ({
  id: `guard ${holding.id}`,
  name: "keep the loan afloat",
  scope: { holding: holding.id },
  trigger: { when: "health", line: "maintenance", below: dec("1.2"), release: dec("1.3"), urgent: dec("1.05") },
  target: { want: "health", at: dec("1.4") },
  ladder: [{ use: "repay", asset: assetId("USDC"), most: dec("10000") }],
  bounds: { confirmMs: ms(0), coolDownMs: ms(60_000), maxAgeMs: ms(60_000), perDay: 10 },
  mode: "shadow",
});
