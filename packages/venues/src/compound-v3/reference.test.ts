// A second opinion: the market written again as one ledger of many users that is changed in place, statement by statement from the
// published formulas, sharing nothing with the engine. Random walks of both are compared in every figure after every step.
import { type Exact, assetId, exact } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { CometBody, Totals } from "./holding.ts";
import { compoundV3Margin as margin } from "./margin.ts";
import { cometAccount } from "./names.ts";
import { bodyOf, sceneOf, usdcMarket } from "./testing.ts";
import type { CometTerms } from "./terms.ts";

class Refusal extends Error {}
const refuse = (name: string): never => {
  throw new Refusal(name);
};

/** Everything in whole numbers as a contract keeps them; `me` is the account that is compared, `them` everybody else. */
class Ledger {
  supplyIndex = 10n ** 15n;
  borrowIndex = 10n ** 15n;
  touched: bigint;
  now: bigint;
  cash = 0n;
  principal = new Map<string, bigint>([
    ["me", 0n],
    ["them", 0n],
  ]);
  collateral = new Map<string, Map<number, bigint>>([
    ["me", new Map()],
    ["them", new Map()],
  ]);
  price = new Map<string, bigint>();
  readonly terms: CometTerms;

  constructor(terms: CometTerms, start: bigint) {
    this.terms = terms;
    this.touched = start;
    this.now = start;
  }

  sumPrincipal(side: 1n | -1n) {
    return [...this.principal.values()].reduce((sum, each) => sum + (each * side > 0n ? each * side : 0n), 0n);
  }
  rate(of: "supplyCurve" | "borrowCurve") {
    const lent = (this.sumPrincipal(1n) * this.supplyIndex) / 10n ** 15n;
    const owed = (this.sumPrincipal(-1n) * this.borrowIndex) / 10n ** 15n;
    const used = lent === 0n ? 0n : (owed * 10n ** 18n) / lent;
    const { kink, base, slopeLow, slopeHigh } = this.terms[of];
    const low = used < kink ? used : kink;
    return base + (slopeLow * low) / 10n ** 18n + (slopeHigh * (used - low)) / 10n ** 18n;
  }
  accrue() {
    const past = this.now - this.touched;
    const [supply, borrow] = [this.rate("supplyCurve"), this.rate("borrowCurve")];
    this.supplyIndex += (this.supplyIndex * (supply * past)) / 10n ** 18n;
    this.borrowIndex += (this.borrowIndex * (borrow * past)) / 10n ** 18n;
    this.touched = this.now;
  }
  balance(who: string) {
    const principal = this.principal.get(who)!;
    return (principal * (principal < 0n ? this.borrowIndex : this.supplyIndex)) / 10n ** 15n; // cut toward zero
  }
  setBalance(who: string, balance: bigint) {
    if (balance >= 0n) return this.principal.set(who, (balance * 10n ** 15n) / this.supplyIndex);
    const scaled = -balance * 10n ** 15n;
    const cut = scaled / this.borrowIndex;
    return this.principal.set(who, -(cut * this.borrowIndex < scaled ? cut + 1n : cut));
  }
  /** Debt value taken from the sum first, as a negative number, then asset by asset. */
  liquidity(who: string, factor: "borrowFactor" | "liquidateFactor") {
    if (this.principal.get(who)! >= 0n) return 0n;
    const { base, assets } = this.terms;
    let sum = (this.balance(who) * this.price.get(base.asset)!) / 10n ** BigInt(base.decimals);
    for (const [id, held] of this.collateral.get(who)!) {
      const asset = assets[id]!;
      const value = (held * this.price.get(asset.asset)!) / 10n ** BigInt(asset.decimals);
      sum += (value * asset[factor]) / 10n ** 18n;
    }
    return sum;
  }

  supplyBase(who: string, amount: bigint) {
    this.accrue();
    this.cash += amount;
    this.setBalance(who, this.balance(who) + amount);
  }
  withdrawBase(who: string, amount: bigint) {
    this.accrue();
    if (amount > this.cash) refuse("NotEnoughLiquidity");
    this.cash -= amount;
    const left = this.balance(who) - amount;
    this.setBalance(who, left);
    if (left < 0n && -left < this.terms.baseBorrowMin) refuse("BorrowTooSmall");
    if (left < 0n && this.liquidity(who, "borrowFactor") < 0n) refuse("NotCollateralized");
  }
  moveCollateral(who: string, id: number, amount: bigint) {
    const held = (this.collateral.get(who)!.get(id) ?? 0n) + amount;
    if (held < 0n) refuse("InvalidAmount");
    this.collateral.get(who)!.set(id, held);
    const all = [...this.collateral.values()].reduce((sum, each) => sum + (each.get(id) ?? 0n), 0n);
    if (amount > 0n && all > this.terms.assets[id]!.supplyCap) refuse("SupplyCapExceeded");
    if (amount < 0n && this.liquidity(who, "borrowFactor") < 0n) refuse("NotCollateralized");
  }
  absorb(who: string) {
    this.accrue();
    if (this.liquidity(who, "liquidateFactor") >= 0n) refuse("NotLiquidatable");
    const { base, assets } = this.terms;
    let credited = 0n;
    for (const [id, held] of this.collateral.get(who)!) {
      const asset = assets[id]!;
      credited +=
        (((held * this.price.get(asset.asset)!) / 10n ** BigInt(asset.decimals)) * asset.liquidationFactor) /
        10n ** 18n;
    }
    const balance = this.balance(who) + (credited * 10n ** BigInt(base.decimals)) / this.price.get(base.asset)!;
    this.collateral.set(who, new Map([...this.collateral.get(who)!.keys()].map((id) => [id, 0n])));
    this.setBalance(who, balance < 0n ? 0n : balance);
  }

  /** The step, or the name of its refusal with everything as it was. */
  attempt(step: (ledger: this) => void): string {
    const [before, principal, cash] = [structuredClone(this.collateral), new Map(this.principal), this.cash];
    const indices = [this.supplyIndex, this.borrowIndex, this.touched] as const;
    try {
      step(this);
      return "done";
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      [this.collateral, this.principal, this.cash] = [before, principal, cash];
      [this.supplyIndex, this.borrowIndex, this.touched] = indices;
      return error.message;
    }
  }
}

const [WBTC, WETH] = [1, 2];
const start = 1_700_000_000n;
const account = cometAccount(usdcMarket.market, "0xa");

type Move =
  | { readonly do: "supply" | "withdraw" | "repay"; readonly id: number | "base"; readonly units: bigint }
  | { readonly do: "others"; readonly units: bigint }
  | { readonly do: "wait"; readonly seconds: bigint }
  | { readonly do: "absorb" }
  | { readonly do: "brink"; readonly permille: bigint }
  | { readonly do: "price"; readonly asset: "WETH" | "WBTC" | "USDC"; readonly percent: bigint };

/** Amounts over many sizes, so that rounding and whole balances both come by. */
const units = fc.oneof(
  fc.bigInt({ min: 1n, max: 1_000n }),
  fc.bigInt({ min: 1n, max: 40_000_000_000n }),
  fc.bigInt({ min: 1n, max: 20n * 10n ** 18n }),
);
const id = fc.constantFrom<number | "base">("base", "base", WBTC, WETH);
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom("supply" as const, "withdraw" as const, "repay" as const), id, units }),
  },
  fc.record({ do: fc.constant("others" as const), units: fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }) }),
  fc.record({ do: fc.constant("wait" as const), seconds: fc.bigInt({ min: 1n, max: 40_000_000n }) }),
  { weight: 3, arbitrary: fc.constant({ do: "absorb" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("brink" as const), permille: fc.bigInt({ min: 870n, max: 970n }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("price" as const),
      asset: fc.constantFrom("WETH" as const, "WETH" as const, "WBTC" as const, "USDC" as const),
      percent: fc.bigInt({ min: 40n, max: 180n }),
    }),
  },
);

/** The engine's view of what the ledger keeps. */
const totalsOf = (ledger: Ledger): Totals => ({
  supplyIndex: ledger.supplyIndex,
  borrowIndex: ledger.borrowIndex,
  supplied: ledger.sumPrincipal(1n),
  borrowed: ledger.sumPrincipal(-1n),
  lastAccrual: ledger.touched,
  cash: ledger.cash,
});
const inLedger = (ledger: Ledger, body: CometBody): CometBody => ({
  ...body,
  principal: ledger.principal.get("me")!,
  timestamp: ledger.now,
  totals: totalsOf(ledger),
  collateral: body.collateral.map((each) => {
    const balance = ledger.collateral.get("me")!.get(each.id) ?? 0n;
    return { ...each, balance, supplied: balance + (ledger.collateral.get("them")!.get(each.id) ?? 0n) };
  }),
});

const seen = { done: 0, absorbed: 0, badDebt: 0, surplus: 0, refused: new Map<string, number>() };

function play(moves: readonly Move[]): void {
  const ledger = new Ledger(usdcMarket, start);
  for (const [asset, price] of [
    ["USDC", 10n ** 8n],
    ["WETH", 2_000n * 10n ** 8n],
    ["WBTC", 60_000n * 10n ** 8n],
  ] as const)
    ledger.price.set(asset, price);
  ledger.supplyBase("them", 10n ** 14n);
  ledger.moveCollateral("them", WETH, 26_980n * 10n ** 18n);
  ledger.moveCollateral("them", WBTC, 10n ** 10n);
  ledger.moveCollateral("me", WETH, 10n * 10n ** 18n);
  ledger.withdrawBase("me", 12_000_000000n);
  let body = inLedger(ledger, bodyOf({ WBTC: 0n, WETH: 0n }, 0n));
  for (const each of moves) {
    const scene = sceneOf(Object.fromEntries(ledger.price));
    const effect = applyTo(ledger, each);
    if (effect === undefined) {
      // what others and the clock do reaches the engine as the next reading
      body = inLedger(ledger, body);
    } else {
      const before = body;
      const done = margin.apply(body, effect.ours, scene);
      count(each, done.ok ? "done" : String(done.failure.facts["revert"] ?? done.failure.code));
      expect([each, done.ok]).toEqual([each, effect.theirs === "done"]);
      if (done.ok) body = done.value;
      expect(body).toEqual(inLedger(ledger, body));
      if (each.do === "absorb" && done.ok) tally(before, body);
    }
    compareVerdicts(ledger, body);
  }
}

function count(move: Move, result: string): void {
  if (result === "done") seen.done++;
  else seen.refused.set(`${move.do} ${result}`, (seen.refused.get(`${move.do} ${result}`) ?? 0) + 1);
}
function tally(before: CometBody, after: CometBody): void {
  seen.absorbed++;
  if (after.principal > 0n) seen.surplus++;
  else if (before.principal < 0n) seen.badDebt++;
}

/** The move on the ledger; what the engine is asked to do, and how the ledger answered. */
function applyTo(ledger: Ledger, move: Move) {
  switch (move.do) {
    case "wait":
      ledger.now += move.seconds;
      return undefined;
    case "others":
      ledger.attempt(() =>
        move.units > 0n ? ledger.supplyBase("them", move.units) : ledger.withdrawBase("them", -move.units),
      );
      return undefined;
    case "price":
      ledger.price.set(move.asset, (ledger.price.get(move.asset)! * move.percent) / 100n || 1n);
      return undefined;
    case "brink":
      ledger.price.set("WETH", brinkPrice(ledger, move.permille));
      return undefined;
    case "absorb":
      return { ours: { was: "liquidation", body: {} } as const, theirs: ledger.attempt(() => ledger.absorb("me")) };
    case "supply":
    case "withdraw":
    case "repay":
      return order(ledger, move);
  }
}

/** The price at which my WETH alone is worth what I owe at this share of its value: around the factors it is close in all of them. */
function brinkPrice(ledger: Ledger, permille: bigint): bigint {
  const weth = ledger.collateral.get("me")!.get(WETH) ?? 0n;
  const owed = -ledger.balance("me") * ledger.price.get("USDC")!;
  if (weth === 0n || owed <= 0n) return ledger.price.get("WETH")!;
  return (owed * 10n ** 15n) / (weth * permille) || 1n;
}

function order(
  ledger: Ledger,
  { do: what, id, units }: Extract<Move, { readonly units: bigint; readonly id: unknown }>,
) {
  const token = id === "base" ? usdcMarket.base : usdcMarket.assets[id]!;
  const amount: Exact = exact(units, token.decimals);
  const theirs = ledger.attempt(() => {
    if (id !== "base") {
      if (what === "repay") refuse("BadAsset");
      ledger.moveCollateral("me", id, what === "supply" ? units : -units);
    } else if (what === "supply") ledger.supplyBase("me", units);
    else if (what === "withdraw") ledger.withdrawBase("me", units);
    else {
      ledger.accrue();
      const owed = -ledger.balance("me");
      if (owed <= 0n) refuse("NoDebt");
      ledger.supplyBase("me", units < owed ? units : owed);
    }
  });
  return { ours: { do: what, asset: assetId(token.asset), amount } as const, theirs };
}

/** The verdict that decides (after interest), the view's (before it), the borrow line's, and the projected debt. */
function compareVerdicts(ledger: Ledger, body: CometBody): void {
  const { lines, explain } = margin.assess(body, account, sceneOf(Object.fromEntries(ledger.price)));
  const view = ledger.liquidity("me", "liquidateFactor") < 0n;
  const shown = explain.parts!.find(({ name }) => name === "isLiquidatable answers")?.value ?? "false";
  expect(shown).toBe(`${view}`);
  const indices = [ledger.supplyIndex, ledger.borrowIndex, ledger.touched] as const;
  ledger.accrue();
  const crossed = (name: string) => lines.find((line) => line.name === name)?.crossed ?? false;
  expect([crossed("maintenance"), crossed("borrow")]).toEqual([
    ledger.liquidity("me", "liquidateFactor") < 0n,
    ledger.liquidity("me", "borrowFactor") < 0n,
  ]);
  [ledger.supplyIndex, ledger.borrowIndex, ledger.touched] = indices;
}

test("random walks: the engine and a ledger written from the formulas agree in every figure after every step", () => {
  // fewer would not meet every situation
  const runs = Math.max(60, Number(process.env["PLIMSOLL_RUNS"] ?? 60));
  fc.assert(fc.property(fc.array(move, { minLength: 15, maxLength: 60 }), play), { numRuns: runs });
  expect(seen.done).toBeGreaterThan(runs);
  expect([seen.absorbed > 0, seen.surplus > 0, seen.badDebt > 0]).toEqual([true, true, true]);
  const names = [...seen.refused.keys()].map((each) => each.split(" ")[1]);
  for (const name of ["NotCollateralized", "SupplyCapExceeded", "NotLiquidatable", "InvalidAmount"])
    expect(names).toContain(name);
});
