import { aaveV3 } from "@plimsoll/venues/aave-v3";
import {
  type Account,
  type Priced,
  accountData,
  chanceOf,
  ethereum,
  isFlagged,
  pricePositions,
  randomAccount,
  randomPools,
  randomPrices,
  readPositions,
  sceneAt,
} from "./aave.ts";
import { peerAccount, peerReserves, peerSummary } from "./peer.ts";
import { type Prepare, agree } from "./row.ts";

const [peer, engine, raw] = ["math-utils formatUserSummary", "our engine.assess", "our account data alone"];

/** One account's health, exactly, against the library that Aave's own front end uses. */
export const prepareAaveHealth: Prepare = async (quick) => {
  const chance = chanceOf(1);
  const [prices, pools] = [randomPrices(chance, 0.2), randomPools(chance)];
  const accounts = Array.from({ length: quick ? 50 : 200 }, (_, i) => randomAccount(chance, `u${i}`, prices, pools));
  const scene = sceneAt(prices);
  const reserves = peerReserves(prices, pools);
  const users = accounts.map((account) => ({ account, theirs: peerAccount(account) }));

  const assess = ({ holding, key }: Account) => aaveV3.engine.assess(holding, key, scene).lines[0]!;
  const pricedOf = ({ body }: Account): readonly Priced[] => {
    const positions = readPositions(body, ethereum);
    const priced = positions.ok ? pricePositions(positions.value.filter(isFlagged), scene) : positions;
    if (!priced.ok) throw new Error(priced.failure.code);
    return priced.value;
  };
  const healthOf = (account: Account) => BigInt(accountData(pricedOf(account)).health);

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
    contenders: [
      {
        name: peer,
        units: users.length,
        run: () => users.reduce((sum, { theirs }) => sum + Number(peerSummary(theirs, reserves).healthFactor), 0),
      },
      {
        name: engine,
        units: users.length,
        run: () => Number(users.reduce((sum, { account }) => sum + assess(account).health.digits, 0n)) / 1e18,
      },
      {
        name: raw,
        units: users.length,
        run: () => Number(users.reduce((sum, { account }) => sum + healthOf(account), 0n)) / 1e18,
      },
    ],
    ratios: [
      [engine, peer],
      [raw, peer],
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
  const data = accountData(priced);
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
