import { type FlatForm, evaluateFlat, flatten, screen } from "@plimsoll/core/margin";
import { aaveV3, oracleQuote } from "@plimsoll/venues/aave-v3";
import {
  type Account,
  type Prices,
  chanceOf,
  ethereum,
  randomAccount,
  randomPools,
  randomPrices,
  sceneAt,
  withPrices,
} from "./aave.ts";
import { peerAccount, peerReserves, peerSummary } from "./peer.ts";
import { type Prepare, agree } from "./row.ts";

const [peer, engine, whole, flat] = [
  "math-utils formatUserSummary",
  "our engine.assess",
  "our form, screen",
  "our form, flattened",
];

/** Many accounts at many prices: the float64 forms, with the band that hands close cases to the exact engine. */
export const prepareFormSweep: Prepare = async (quick) => {
  const chance = chanceOf(2);
  const [prices, pools] = [randomPrices(chance, 0.1), randomPools(chance)];
  const accounts = Array.from({ length: quick ? 50 : 500 }, (_, i) => randomAccount(chance, `u${i}`, prices, pools));
  const states = Array.from({ length: quick ? 20 : 200 }, () => stateOf(randomPrices(chance, 0.3)));
  const compiled = accounts.map((account) => compile(account, prices));
  const peers = accounts.map(peerAccount);
  // The peer and the engine are so much slower that they get some of the states only; a unit is still one account at one price state.
  const [few, some] = [states.slice(0, 1), states.slice(0, quick ? 2 : 5)];
  const reservesAt = few.map((state) => peerReserves(state.prices, pools));

  let [undecided, differs, total] = [0, 0, 0];
  for (const state of quick ? states : states.slice(0, 40)) {
    const scene = withPrices(sceneAt(prices), state.prices);
    for (const [i, { holding, key }] of accounts.entries()) {
      const verdict = verdictOf(compiled[i]!, state.values);
      const { crossed, health } = aaveV3.engine.assess(holding, key, scene).lines[0]!;
      agree(
        verdict === "undecided" || (verdict === "below") === crossed,
        `${key}: the form says ${verdict}, the engine health ${health.digits} of 1e18`,
      );
      total++;
      if (verdict === "undecided") undecided++;
    }
  }
  for (const [i, { holding, key }] of accounts.entries()) {
    const { crossed } = aaveV3.engine.assess(holding, key, withPrices(sceneAt(prices), few[0]!.prices)).lines[0]!;
    if (Number(peerSummary(peers[i]!, reservesAt[0]!).healthFactor) < 1 !== crossed) differs++;
  }

  return {
    question: "accounts revalued at new prices, above or below the line",
    unit: "account at one price state",
    clock: "processor",
    contenders: [
      {
        name: peer,
        units: accounts.length,
        run: () => count(reservesAt, (at) => count(peers, (user) => +(Number(peerSummary(user, at).healthFactor) < 1))),
      },
      {
        name: engine,
        units: accounts.length * some.length,
        run: () =>
          count(some, (state) => {
            const scene = withPrices(sceneAt(prices), state.prices);
            return count(accounts, ({ holding, key }) => +aaveV3.engine.assess(holding, key, scene).lines[0]!.crossed);
          }),
      },
      {
        name: whole,
        units: accounts.length * states.length,
        run: () =>
          count(states, ({ values }) =>
            count(compiled, ({ form, from, into }) => +(screen(form, gather(values, from, into)) === "below")),
          ),
      },
      {
        name: flat,
        units: accounts.length * states.length,
        run: () => count(states, ({ values }) => count(compiled, (one) => +(verdictOf(one, values) === "below"))),
      },
    ],
    ratios: [
      [engine, peer],
      [whole, peer],
      [flat, peer],
      [flat, engine],
    ],
    checked: [
      `${total} verdicts of the form against the engine's: ${undecided} left undecided, the others all the same`,
      `${accounts.length} verdicts of the peer against the engine's: ${differs} differ`,
    ],
  };
};

/** A price state as both sides read it. */
interface State {
  readonly prices: Prices;
  /** By the order of the market's reserves, USD. */
  readonly values: Float64Array;
}
const stateOf = (prices: Prices): State => ({
  prices,
  values: Float64Array.from(ethereum.reserves, ({ asset }) => Number(prices[asset]!) / 1e8),
});

/** A compiled account; `from` says where in a state's values each of its quotes is, `into` is where they are gathered. */
function compile({ holding, key }: Account, prices: Prices) {
  const answer = aaveV3.engine.compile(holding, key, sceneAt(prices), "maintenance");
  if (!("form" in answer)) throw new Error(`invariant broken: ${key} has no form`);
  const { form } = answer;
  const place = new Map(ethereum.reserves.map(({ asset }, i) => [oracleQuote(ethereum.market, asset), i]));
  const from = form.quotes.map((quote) => place.get(quote)!);
  return { form, flat: flatten(form), from, into: new Float64Array(from.length) };
}

function gather(values: Float64Array, from: readonly number[], into: Float64Array): Float64Array {
  for (let i = 0; i < from.length; i++) into[i] = values[from[i]!]!;
  return into;
}

/** The rule of `screen` on the flat form; its gross is have + need, since no term of an Aave form is below 0. */
function verdictOf(
  { flat, from, into }: { flat: FlatForm; from: readonly number[]; into: Float64Array },
  values: Float64Array,
) {
  const { have, need } = evaluateFlat(flat, gather(values, from, into));
  const band = flat.error.absolute + (flat.error.relative + 1e-9) * (have + need);
  if (have - need > band) return "above";
  return have - need < -band ? "below" : "undecided";
}

function count<T>(all: readonly T[], of: (one: T) => number): number {
  let sum = 0;
  for (const one of all) sum += of(one);
  return sum;
}
