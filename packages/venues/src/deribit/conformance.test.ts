import { type MarginEngine, type Scene, bindEngine } from "@plimsoll/core/margin";
import {
  type Conformance,
  type PositionLaws,
  type State,
  type Subject,
  marginConformance,
} from "@plimsoll/core/margin/testing";
import {
  accountKey,
  add,
  dec,
  exact,
  holdingId,
  isNegative,
  magnitude,
  multiply,
  negate,
  quoteKey,
  text,
  venueId,
} from "@plimsoll/core/units";
import * as fc from "fast-check";
import type { Body, MarginModel } from "./holding.ts";
import { indexKey } from "./instrument.ts";
import { margin } from "./margin.ts";
import { readEffect } from "./read-effect.ts";
import { readBody } from "./read-holding.ts";
import { readTerms } from "./read-terms.ts";
import type { DeribitTerms } from "./terms.ts";
import shipped from "./terms/2026-05-01.json" with { type: "json" };
import { EXPIRY, NOW, bodyOf, position, sceneOf } from "./testing.ts";
import type { DeribitVenueEffect } from "./venue-effect.ts";

type Engine = MarginEngine<Body, DeribitTerms, DeribitVenueEffect>;
const bound = (engine: Engine) => bindEngine(engine, readBody, readTerms, readEffect);
const holdingOf = (body: Body) => ({
  id: holdingId("mine"),
  venue: venueId("deribit"),
  rules: "deribit-2022-01",
  asOf: NOW,
  body,
});

const dated = `BTC-${EXPIRY}`;
const options = [`${dated}-90000-P`, `${dated}-110000-C`, `${dated}-160000-P`] as const;
const solDated = `SOL_USDC-${EXPIRY}`;
const solOptions = [`${solDated}-120-P`, `${solDated}-170-C`] as const;
const still = {
  "BTC-PERPETUAL:basis": "1.0005",
  [`${dated}:basis`]: "1.02",
  "SOL_USDC-PERPETUAL:basis": "0.999",
  ...Object.fromEntries(options.map((name, i) => [`${name}:iv`, `0.${5 + i}`])),
  [`${solDated}:basis`]: "1.01",
  ...Object.fromEntries(solOptions.map((name, i) => [`${name}:iv`, `0.${7 + i}`])),
  "usdc_usd:index": "1.0001",
  "btc_usdc:index": "100010",
  "BTC_USDC-PERPETUAL:basis": "1.0004",
};
/** The scene as the world has it: terms as the document's own text. */
function worldOf(prices: Readonly<Record<string, string>>, terms: object = shipped.body): Scene<unknown> {
  const scene = sceneOf({ ...still, ...prices });
  return { ...scene, terms: { ...scene.terms, body: terms } };
}
const prices = { "btc_usd:index": "100000", "sol_usdc:index": "150" };
const cross = { ...shipped.body, haircuts: { BTC: "0.05", USDC: "0" } };

/** No numbers are known for linear options and for the matrix of a dollar pair: these stand for an account's own. */
const [{ options: coinOptions, matrix: coinMatrix }, solana] = [
  shipped.body.pairs.btc_usd,
  shipped.body.pairs.sol_usdc,
];
const ownPairs = {
  ...shipped.body.pairs,
  sol_usdc: {
    ...solana,
    options: { ...coinOptions, step: "10" },
    matrix: { ...coinMatrix, buckets: 1, extendedMoves: ["0.5"], extendedDampener: "25000" },
  },
};

/** Sizes in steps of the instrument, never 0. */
const sized = (name: string, step: bigint, scale: number, entry: string) =>
  fc
    .integer({ min: -400, max: 400 })
    .filter((steps) => steps !== 0)
    .map((steps) => position(name, text(exact(BigInt(steps) * step, scale)), entry));
const futures = [sized("BTC-PERPETUAL", 10_000n, 0, "98000"), sized(dated, 10_000n, 0, "101000")] as const;
const contracts = options.map((name) => sized(name, 1n, 1, "0.05"));
const linear = sized("SOL_USDC-PERPETUAL", 10n, 0, "155");
const linearContracts = solOptions.map((name) => sized(name, 10n, 0, "9"));
const linearBitcoin = sized("BTC_USDC-PERPETUAL", 1n, 1, "99000");

const FUNDING = ["BTC-PERPETUAL", "SOL_USDC-PERPETUAL"].map((instrument, i) => ({
  instrument,
  rate: dec(["0.0001", "-0.00025"][i]!),
  from: NOW,
}));

const statesOf = (
  model: MarginModel,
  terms: object,
  ...positions: readonly fc.Arbitrary<Body["positions"][number]>[]
): fc.Arbitrary<State> =>
  fc
    .record({
      btc: fc.integer({ min: 0, max: 2_000 }),
      usdc: fc.integer({ min: -20_000, max: 400_000 }),
      held: fc.tuple(...positions.map((each) => fc.option(each, { nil: undefined, freq: 3 }))),
      index: fc.integer({ min: 8_000_000, max: 12_500_000 }),
      sol: fc.integer({ min: 12_000, max: 18_000 }),
    })
    .map(({ btc, usdc, held, index, sol }) => {
      const body = bodyOf(
        { BTC: text(exact(BigInt(btc), 1)), USDC: `${usdc}` },
        held.filter((each) => each !== undefined),
        model,
      );
      const moved = { "btc_usd:index": text(exact(BigInt(index), 2)), "sol_usdc:index": text(exact(BigInt(sol), 2)) };
      return { holding: holdingOf(body), scene: worldOf(moved, terms) };
    });

/** Perpetuals that pay: the clock moves, and nothing that expires is held. */
const paying = (states: fc.Arbitrary<State>): fc.Arbitrary<State> =>
  states.map(({ holding, scene }) => {
    const body = holding.body as Body;
    const funding = FUNDING.filter((each) => body.positions.some(({ instrument }) => instrument === each.instrument));
    return { holding: { ...holding, body: { ...body, funding } }, scene };
  });

const subject = (body: Body, line: Subject["line"] = "maintenance", account = "BTC"): Subject => ({
  holding: holdingOf(body),
  scene: worldOf({ ...prices, "BTC-PERPETUAL:basis": "1", "SOL_USDC-PERPETUAL:basis": "1" }),
  account: accountKey(account),
  line,
});

const scaledScene = (scene: Scene<DeribitTerms>, share: string, part: string): Scene<DeribitTerms> => ({
  ...scene,
  quotes: new Map(
    [...scene.quotes].map(([key, quote]) =>
      key.endsWith(part) ? [key, { ...quote, value: multiply(quote.value, dec(share)) }] : [key, quote],
    ),
  ),
});
/** Mistakes of the trade. */
const markIsIndex: Engine = {
  ...margin,
  compile: (body, account, scene, line) => margin.compile(body, account, scaledScene(scene, "0.99", ":basis"), line),
};
const frozenSize: Engine = {
  ...margin,
  compile: (body, account, scene, line) => {
    const pairs = Object.fromEntries(
      Object.entries(scene.terms.body.pairs).map(([pair, rules]) => [
        pair,
        rules.futures === undefined ? rules : { ...rules, futures: { ...rules.futures, slope: dec("0") } },
      ]),
    );
    const terms = { ...scene.terms, body: { ...scene.terms.body, pairs } };
    return margin.compile(body, account, { ...scene, terms }, line);
  },
};
const otherVol: Engine = {
  ...margin,
  compile: (body, account, scene, line) => margin.compile(body, account, scaledScene(scene, "0.9", ":iv"), line),
};
const noHaircut: Engine = {
  ...margin,
  compile: (body, account, scene, line) => {
    const haircuts = Object.fromEntries(Object.keys(scene.terms.body.haircuts).map((currency) => [currency, dec("0")]));
    return margin.compile(
      body,
      account,
      { ...scene, terms: { ...scene.terms, body: { ...scene.terms.body, haircuts } } },
      line,
    );
  },
};

const fundingTurned: Engine = {
  ...margin,
  advance: (body, to, scene) => {
    const turned = body.funding.map((each) => ({ ...each, rate: negate(each.rate) }));
    return { ...margin.advance({ ...body, funding: turned }, to, scene), funding: body.funding };
  },
};

const common = {
  engine: bound(margin),
  runs: 20, // options are priced anew in each, and seven kinds of account have them
  lines: ["maintenance", "initial"],
  unitIn: ({ account, scene }) => (account === "BTC" ? Number(text(scene.quotes.get(indexKey("btc_usd"))!.value)) : 1),
  ties: [
    // 10 coins: (1 % + 0.005 % * 10) * 10 = 0.105
    subject(bodyOf({ BTC: "0.105" }, [position("BTC-PERPETUAL", "1000000", "100000")])),
    subject(bodyOf({ BTC: "0.205" }, [position("BTC-PERPETUAL", "-1000000", "100000")]), "initial"),
    // 100 SOL at 150: (2 % + 0.0005 % * 100) * 100 * 150 = 307.5
    subject(bodyOf({ USDC: "307.5" }, [position("SOL_USDC-PERPETUAL", "100", "150")]), "maintenance", "USDC"),
  ],
  nulls: [
    { name: "no position", expect: "no-position", ...subject(bodyOf({ BTC: "1" }, [])) },
    {
      name: "long options alone",
      expect: "no-debt",
      ...subject(bodyOf({ BTC: "1" }, [position(options[0], "1", "0.02")])),
    },
    {
      name: "a linear long that cannot lose what it has",
      expect: "no-boundary",
      ...subject(bodyOf({ USDC: "20000" }, [position("SOL_USDC-PERPETUAL", "100", "150")]), "maintenance", "USDC"),
    },
  ],
  scaled: { notProportional: "premium, balance and profit grow together, but the shipped balances are not multiples" },
  withCash: (holding, g) => {
    const body = holding.body as Body;
    const more = exact(g(fc.bigInt, { min: 0n, max: 10n ** 12n }), 8);
    return {
      ...holding,
      body: { ...body, wallets: body.wallets.map((each) => ({ ...each, balance: add(each.balance, more) })) },
    };
  },
  positions: {
    larger: { notHere: "no position has a margin of its own" },
    turned: { notHere: "options and haircuts are not the same on both sides; futures alone are turned below" },
    burdened: ({ holding, scene }, g) => {
      const body = holding.body as Body;
      const free = [
        ["BTC-PERPETUAL", "btc_usd", 1_000n],
        ["SOL_USDC-PERPETUAL", "sol_usdc", 1n],
      ] as const;
      const found = free.find(([name]) => body.positions.every(({ instrument }) => instrument !== name));
      if (found === undefined) return undefined;
      const [name, pair, step] = found;
      const quote = (key: string) => scene.quotes.get(quoteKey(`deribit:${key}`))!.value;
      const mark = multiply(quote(`${pair}:index`), quote(`${name}:basis`));
      const size = BigInt(g(fc.integer, { min: 1, max: 4_000 })) * step * (g(fc.boolean) ? -1n : 1n);
      const positions = [...body.positions, position(name, `${size}`, text(mark))];
      return { scene, holding: { ...holding, body: { ...body, positions } } };
    },
  },
  effects: ({ holding }) => {
    const { positions } = holding.body as Body;
    const orders = positions.flatMap(({ instrument, size }) => [
      fc.record({
        do: fc.constant("order" as const),
        instrument: fc.constant(instrument),
        side: fc.constant(isNegative(size) ? ("buy" as const) : ("sell" as const)),
        size: fc.constantFrom(magnitude(size), dec("10"), dec("0.1"), dec("0")),
        limit: fc.constantFrom(dec("90000"), dec("0.05"), dec("0")),
        reduceOnly: fc.boolean(),
      }),
      fc.record({
        was: fc.constantFrom("settlement" as const, "funding" as const),
        body: fc.record({
          instrument: fc.constant(instrument),
          mark: fc.constant(dec("91000")),
          amount: fc.constant(dec("-0.01")),
        }),
      }),
      fc.record({
        was: fc.constant("fill" as const),
        body: fc.record({
          instrument: fc.constant(instrument),
          side: fc.constantFrom("buy" as const, "sell" as const),
          size: fc.integer({ min: 1, max: 9_000_000 }).map((steps) => exact(BigInt(steps), 1)),
          price: fc.constantFrom(dec("90000"), dec("0.05")),
          fee: fc.constantFrom(dec("0"), dec("0.0001")),
        }),
      }),
    ]);
    const settlement = fc.constant({ was: "settlement" as const, body: { underlying: dated, delivery: dec("95000") } });
    return fc.oneof(...orders, settlement, fc.constant({ do: "cancel" as const, order: "1" }));
  },
  isName: (path) => ["currency", "instrument", "id", "model"].includes(path.at(-1)!),
} satisfies Partial<Conformance>;

/** Long for short: of futures in wallets of their own. */
const turned: PositionLaws["turned"] = (asked) => {
  const body = asked.holding.body as Body;
  const positions = body.positions.map((each) => ({ ...each, size: negate(each.size) }));
  return { ...asked, holding: { ...asked.holding, body: { ...body, positions } } };
};
/** A hedge lowers the worst scenario: there another position may add room. */
const inMatrix: PositionLaws = { ...common.positions, burdened: { notHere: "a hedge lowers the worst scenario" } };

const wrongFutures = [
  { name: "mark taken for the index", engine: bound(markIsIndex) },
  { name: "size slope left out", engine: bound(frozenSize) },
];

marginConformance({
  ...common,
  name: "deribit standard margin: futures",
  // perpetuals: what expires is delivered at the index, and no form says so
  states: paying(statesOf("segregated_sm", shipped.body, futures[0], linear)),
  positions: { ...common.positions, turned },
  // balances keep 8 decimals: a funding payment and a settlement of each future, in coins at the index
  laterError: () => 4e-8 * 125_000,
  wrong: [...wrongFutures, { name: "funding the other way", engine: bound(fundingTurned) }],
});

// the clock is frozen in a form that holds an option: its decay is not an accrual
const clockStands = (state: State): State => state;

marginConformance({
  ...common,
  name: "deribit standard margin: futures and options",
  states: statesOf("segregated_sm", { ...shipped.body, optionsInBalance: "shorts" }, ...futures, ...contracts),
  later: clockStands,
  wrong: [...wrongFutures, { name: "another vol", engine: bound(otherVol) }],
});

marginConformance({
  ...common,
  name: "deribit cross collateral, standard margin",
  states: statesOf("cross_sm", cross, futures[0], contracts[2]!, linear),
  later: clockStands,
  wrong: [...wrongFutures, { name: "no haircut", engine: bound(noHaircut) }],
});

marginConformance({
  ...common,
  name: "deribit cross collateral with funding",
  states: paying(statesOf("cross_sm", cross, futures[0], linear)),
  // and where a wallet passes 0 its haircut begins or ends: 5 % of what four million dollars pay a day
  laterError: (_form, byMs) => 4e-8 * 125_000 + (0.05 * 4_000_000 * 0.0003 * byMs) / 86_400_000,
  wrong: [...wrongFutures, { name: "funding the other way", engine: bound(fundingTurned) }],
});

// a small matrix, so that the checks are quick: parameters are data
const { btc_usd: bitcoin } = shipped.body.pairs;
const matrix = { ...bitcoin.matrix, buckets: 1, extendedMoves: ["0.5"] };
const smallMatrix = { ...shipped.body, pairs: { ...shipped.body.pairs, btc_usd: { ...bitcoin, matrix } } };

marginConformance({
  ...common,
  name: "deribit portfolio margin",
  runs: 16, // the whole matrix of three instruments
  states: statesOf("segregated_pm", smallMatrix, futures[0], contracts[0]!, contracts[1]!),
  positions: inMatrix,
  moves: () => [0.45, 2.2],
  later: clockStands,
  wrong: [
    { name: "mark taken for the index", engine: bound(markIsIndex) },
    { name: "another vol", engine: bound(otherVol) },
  ],
});

const portfolioMistakes = [
  { name: "mark taken for the index", engine: bound(markIsIndex) },
  { name: "another vol", engine: bound(otherVol) },
];

marginConformance({
  ...common,
  name: "deribit portfolio margin in a dollar coin",
  states: statesOf("segregated_pm", { ...shipped.body, pairs: ownPairs }, linear, linearContracts[0]!),
  positions: inMatrix,
  moves: () => [0.45, 2.2],
  later: clockStands,
  wrong: portfolioMistakes,
});

marginConformance({
  ...common,
  name: "deribit standard margin: linear options",
  states: statesOf("segregated_sm", { ...shipped.body, pairs: ownPairs }, linear, ...linearContracts),
  later: clockStands,
  wrong: portfolioMistakes,
});

marginConformance({
  ...common,
  name: "deribit cross pool, portfolio margin: options of the coin",
  states: statesOf("cross_pm", { ...cross, pairs: smallMatrix.pairs }, futures[0], contracts[1]!),
  positions: inMatrix,
  moves: () => [0.45, 2.2],
  later: clockStands,
  wrong: [...portfolioMistakes, { name: "no haircut", engine: bound(noHaircut) }],
});

marginConformance({
  ...common,
  name: "deribit cross pool, portfolio margin: futures in coin and in dollars",
  states: statesOf("cross_pm", cross, futures[0], linearBitcoin),
  positions: inMatrix,
  moves: () => [0.45, 2.2],
  later: clockStands,
  wrong: [
    { name: "mark taken for the index", engine: bound(markIsIndex) },
    { name: "no haircut", engine: bound(noHaircut) },
  ],
});
