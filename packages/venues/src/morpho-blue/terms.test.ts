import { expect, test } from "vitest";
import { WAD } from "./constants.ts";
import { marketId } from "./discover.ts";
import { morphoBlue } from "./index.ts";
import { marketName, oracleName } from "./market-name.ts";
import { readMorphoTerms } from "./read-terms.ts";
import type { MorphoTerms } from "./terms.ts";
import { TERMS } from "./testing/builders.ts";

const shipped = readMorphoTerms(morphoBlue.terms[0]!.body);
const markets = shipped.ok ? shipped.value.markets : [];

test.each(markets.map((market) => [market.market, market] as const))(
  "%s: token addresses, oracle, rate model and LLTV hash to the published id",
  (name, { id, loan, collateral, oracle, irm, lltv }) => {
    const hex = (address: string) => address as `0x${string}`;
    const params = {
      loanToken: hex(loan.address),
      collateralToken: hex(collateral.address),
      oracle: hex(oracle.address),
    };
    expect(marketId({ ...params, irm: hex(irm), lltv })).toBe(id);
    expect(marketName({ collateral: collateral.asset, loan: loan.asset, lltv, id })).toBe(name);
    expect(oracleName(collateral.asset, loan.asset, oracle.address)).toBe(oracle.name);
  },
);

const [first, second] = TERMS.markets;
// oxfmt-ignore
test.each([
  ["an LLTV of 1",                         { markets: [{ ...first!, lltv: WAD }] }],
  ["a fee above a quarter",                { markets: [{ ...first!, fee: WAD / 4n + 1n }] }],
  ["a market twice",                       { markets: [first!, first!] }],
  ["one oracle's name for two pairs",      { markets: [first!, { ...second!, oracle: first!.oracle }] }],
  ["no market list",                       { markets: undefined as never }],
] as const satisfies readonly (readonly [string, Partial<MorphoTerms>])[])("terms with %s are refused", (_what, change) => {
  expect(readMorphoTerms({ ...TERMS, ...change })).toMatchObject({ ok: false, failure: { code: "morpho-blue/unreadable" } });
  expect(readMorphoTerms(TERMS).ok).toBe(true);
});
