import {
  type Account,
  type Priced,
  accountData,
  assessFresh,
  chanceOf,
  ethereum,
  isFlagged,
  pricePositions,
  randomAccount,
  randomPools,
  randomPrices,
  readPositions,
  sceneAt,
  revisionOf,
} from "./aave.ts";
import { peerAccount, peerCombined, peerRawSummary, peerReserves, peerSummary } from "./peer.ts";
import { type Prepare, agree } from "./row.ts";

const [peer, peerRaw, engine, raw] = [
  "math-utils formatUserSummary",
  "math-utils raw summary",
  "our engine.assess",
  "our account data alone",
];

/** One account's health, exactly, against the library that Aave's own front end uses. */
export const prepareAaveHealth: Prepare = async (quick) => {
  const chance = chanceOf(1);
  const [prices, pools] = [randomPrices(chance, 0.2), randomPools(chance)];
  const accounts = Array.from({ length: quick ? 50 : 200 }, (_, i) => randomAccount(chance, `u${i}`, prices, pools));
  const scene = sceneAt(prices);
  const reserves = peerReserves(prices, pools);
  const users = accounts.map((account) => {
    const theirs = peerAccount(account);
    return { account, theirs, combined: peerCombined(theirs, reserves) };
  });
  const times = quick ? 1 : 10;
  const every = (name: string, repeats: number, of: (user: (typeof users)[number]) => number) => ({
    name,
    units: users.length * repeats,
    run: () => {
      let sum = 0;
      for (let i = 0; i < repeats; i++) for (const user of users) sum += of(user);
      return sum;
    },
  });

  const assess = (account: Account) => assessFresh(account, scene).lines[0]!;
  const pricedOf = ({ body }: Account): readonly Priced[] => {
    const positions = readPositions({ ...body }, ethereum);
    const priced = positions.ok ? pricePositions(positions.value.filter(isFlagged), scene) : positions;
    if (!priced.ok) throw new Error(priced.failure.code);
    return priced.value;
  };
  const healthOf = (account: Account) => BigInt(accountData(pricedOf(account), revisionOf(ethereum)).health);

  let apart = 0;
  for (const { account, theirs } of users) {
    const { health } = assess(account);
    agree(
      health.digits === healthOf(account),
      `${account.key}: assess ${health.digits}, account data ${healthOf(account)}`,
    );
    apart = Math.max(apart, farthest(pricedOf(account), peerSummary(theirs, reserves)));
  }

  return {
    question: "health factor of one Aave account of 2 to 6 reserves, balances with interest up to the moment",
    unit: "account",
    clock: "processor",
    contenders: [
      every(peer, 1, ({ theirs }) => Number(peerSummary(theirs, reserves).healthFactor)),
      every(engine, times, ({ account }) => Number(assess(account).health.digits)),
      every(peerRaw, 1, ({ combined }) => Number(peerRawSummary(combined).healthFactor)),
      every(raw, times, ({ account }) => Number(healthOf(account))),
    ],
    ratios: [
      [engine, peer],
      [raw, peerRaw],
      [raw, engine],
    ],
    checked: [
      `${users.length} accounts: collateral, debt and health agree within ${apart.toExponential(1)} relative, within what rounding explains`,
    ],
  };
};

/**
 * How far apart the two are, relative, at most by what they round otherwise: the contract rounds balances against the user and
 * values to 1e-8 USD, the peer balances to the nearest unit and values not at all.
 */
function farthest(priced: readonly Priced[], summary: ReturnType<typeof peerSummary>): number {
  const data = accountData(priced, revisionOf(ethereum));
  const [collateral, debt, health] = [
    Number(data.collateral) / 1e8,
    Number(data.debt) / 1e8,
    Number(data.health) / 1e18,
  ];
  const grain = priced.reduce((sum, { price, unit }) => sum + (Number(price) / Number(unit) + 1) / 1e8, 0);
  const pairs = [
    ["collateral", collateral, summary.totalCollateralUSD, grain / collateral],
    ["debt", debt, summary.totalBorrowsUSD, grain / debt],
    ["health", health, summary.healthFactor, grain / collateral + grain / debt],
  ] as const;
  const apart = pairs.map(([what, ours, theirs, most]) => {
    const relative = Math.abs(ours - Number(theirs)) / ours;
    agree(relative <= most + 1e-14, `${what} ${ours}, the peer's ${theirs}, ${most} allowed`);
    return relative;
  });
  return Math.max(...apart);
}
