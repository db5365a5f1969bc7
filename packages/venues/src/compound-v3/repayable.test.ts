import type { Market } from "@plimsoll/core/margin";
import { type Exact, dec, known, multiply, none, subtract, text, toNumber, unknown, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { CometBody } from "./holding.ts";
import { compoundV3Margin as margin } from "./margin.ts";
import { cometAccount } from "./names.ts";
import { bodyOf, nowMs, sceneOf, tokens, usdcMarket } from "./testing.ts";
import type { CometTerms } from "./terms.ts";

const account = cometAccount("ethereum-usdc", "0xa");
const scene = (terms: CometTerms = usdcMarket) =>
  sceneOf({ WETH: dec("2000"), WBTC: dec("100000"), USDC: dec("1") }, terms);
const tenWeth = (dollars: bigint, more: Partial<CometBody> = {}) =>
  bodyOf({ WETH: tokens("WETH", 10n) }, -dollars * 1_000_000n, more);

/** A market that pays a share of the feed's price for any size. */
const paying = (prices: Readonly<Record<string, string>>): Market => ({
  fill: (instrument) => {
    const price = prices[instrument];
    return price === undefined ? unknown(why("no-book")) : known(dec(price), nowMs);
  },
});
/** The average price falls by 100 a token sold: n tokens bring n x (2,000 - 100 n); beyond `depth` there is no book. */
const thin = (depth = 10): Market => ({
  fill: (_, _side, size) =>
    toNumber(size) > depth
      ? none(why("book-too-thin"))
      : known(subtract(dec("2000"), multiply(size, dec("100"))), nowMs),
});

const routes = (body: CometBody, market: Market, terms?: CometTerms) =>
  margin.repayable!(body, account, scene(terms), market).map(({ route, most, limit }) => {
    const told =
      most.is === "known"
        ? text(most.value)
        : most.is === "none" || most.is === "unknown"
          ? `${most.is} ${most.why.code}`
          : "stale";
    return `${route}: ${told} (${limit})`;
  });
const [wallet, own, sale] = [0, 1, 2];

test("wallet: what debt, wallet and allowance leave; unknown where one was not read", () => {
  const paid = (more: Partial<CometBody["funds"]>) =>
    routes(tenWeth(100n, { funds: { wallet: 90_000000n, allowance: 80_000000n, ...more } }), paying({}))[wallet];
  expect(paid({})).toBe("wallet: 80.000000 (the payer's allowance)");
  expect(paid({ allowance: 95_000000n })).toBe("wallet: 90.000000 (the payer's wallet)");
  expect(paid({ wallet: 10n ** 12n, allowance: 10n ** 12n })).toBe("wallet: 100.000000 (the debt)");
  expect(paid({ allowance: "unknown" })).toBe(
    "wallet: unknown compound-v3/funds-not-read (the payer's allowance, not read)",
  );
  expect(routes(tenWeth(100n), paying({}))[own]).toContain("own-supply: none compound-v3/no-own-supply");
  expect(routes(tenWeth(0n), paying({}))).toEqual([]);
});

test("pauses shut routes: supply all of them, withdraw only the sale", () => {
  const shut = (what: keyof CometTerms["paused"]) =>
    routes(tenWeth(100n), paying({ "WETH/USDC": "2000" }), {
      ...usdcMarket,
      paused: { ...usdcMarket.paused, [what]: true },
    });
  expect(shut("supply").filter((each) => each.includes("compound-v3/paused"))).toHaveLength(2);
  expect(shut("withdraw")[wallet]).toContain("funds-not-read");
  expect(shut("withdraw")[sale]).toContain("none compound-v3/paused");
});

test("a sale that pays for the whole debt repays it all; it needs the owner's permission and a known book", () => {
  const at = (manager: CometBody["manager"], price: string) =>
    routes(tenWeth(18_000n, { manager }), paying({ "WETH/USDC": price }))[sale];
  expect(at(true, "1800")).toBe("sell-collateral: 18000.000000 (the debt)");
  expect(at(false, "1800")).toContain("none compound-v3/no-manager");
  expect(at("unknown", "1800")).toContain("unknown compound-v3/manager-not-read");
  expect(routes(tenWeth(18_000n), paying({}))[sale]).toContain("unknown compound-v3/depth-not-known");
});

// n WETH sold bring n (2,000 - 100 n) for a debt of 12,000; the rest lends 1,650 (10 - n). Allowed while
// 16,500 - 1,650 n >= 12,000 - 2,000 n + 100 n^2: up to n = 8.68... = (350 + sqrt(350^2 + 4 x 100 x 4,500)) / 200; but proceeds only rise
// to n = 10 (10,000). At n = 8.68... they are 9,820.56...: what can be repaid.
test("a thin market: as much as the sale pays for while the rest still covers what stays", () => {
  const n = (350 + Math.sqrt(350 ** 2 + 400 * 4_500)) / 200;
  const told = routes(tenWeth(12_000n), thin())[sale]!;
  expect(Number(/: ([\d.]+)/.exec(told)![1])).toBeCloseTo(n * (2_000 - 100 * n), 5);
  expect(told).toContain("depth of the market and the borrow line");
});

// Not more than 3 WETH can be sold: 3 x 1,700 = 5,100.
test("a book that ends limits the sale", () => {
  expect(routes(tenWeth(12_000n), thin(3))[sale]).toContain("sell-collateral: 5100.000000");
});

// Below the borrow line (17,000 > 16,500): small sales cannot leave, larger ones at a good price can. At 1,900 each WETH sold gains 250
// of room: after 2 of them, and all ten bring 19,000.
test("an account below its borrow line is repaid by a large enough sale or not at all", () => {
  expect(routes(tenWeth(17_000n), paying({ "WETH/USDC": "1900" }))[sale]).toContain(": 17000.000000 (the debt)");
  // at 1,600 each WETH sold costs 50 of room: nothing can leave
  expect(routes(tenWeth(17_000n), paying({ "WETH/USDC": "1600" }))[sale]).toContain("none compound-v3/nothing-to-sell");
});

test("what is told can be done: the engine takes the repayment and the withdrawal, and not one unit more", () => {
  const body = tenWeth(12_000n);
  const [, , answer] = margin.repayable!(body, account, scene(), thin());
  if (answer?.most.is !== "known") throw new Error("not known");
  const after = (amount: Exact): boolean => {
    const repaid = margin.apply(body, { do: "repay", asset: answer.debt, amount }, scene());
    if (!repaid.ok) return false;
    // the least WETH whose sale brings it: n (2,000 - 100 n) = amount, so n = 10 - sqrt(100 - amount / 100), 12 digits are enough
    const sold = 10 - Math.sqrt(100 - toNumber(amount) / 100);
    const out = { do: "withdraw", asset: "WETH" as never, amount: dec(sold.toFixed(12)) } as const;
    return margin.apply(repaid.value, out, scene()).ok;
  };
  const more = { ...answer.most.value, digits: answer.most.value.digits + 1_000n };
  expect([after(answer.most.value), after(more)]).toEqual([true, false]);
});
