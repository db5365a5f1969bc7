import { noFacts, applyEvent, groundOf, isGround } from "@plimsoll/core/turn";
import { type AssetId, dec, holdingId, ms, subtract, text, trim } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { engineOf, venues } from "./index.ts";

const usd = (price: string) => ({ price, unit: "USD" });
/** An account of each venue that a wallet pays for, as a person writes it. */
const written: Readonly<Record<string, object>> = {
  "aave-v3": {
    ...{ collateral: ["10 WETH"], debt: ["12000 USDC"], wallet: ["5000.5 USDC"] },
    prices: { WETH: usd("2500"), USDC: usd("1") },
  },
  "compound-v3": {
    ...{ collateral: ["10 WETH"], debt: "12000 USDC", wallet: ["5000.5 USDC"] },
    prices: { WETH: usd("2500"), USDC: usd("1") },
  },
  "morpho-blue": {
    positions: [
      {
        ...{ market: "wstETH-USDC-86-b323495f", collateral: "10 wstETH", debt: "12000 USDC" },
        price: { price: "3600", unit: "USDC" },
      },
    ],
    wallet: ["5000.5 USDC"],
  },
  sky: {
    vaults: [{ id: "1", type: "ETH-A", collateral: "10", debt: "18000" }],
    ...{ wallet: { DAI: "5000.5" }, prices: { ETH: { ...usd("2900"), next: "2900" } } },
  },
  "liquity-v2": {
    troves: [{ id: "1", branch: "WETH", collateral: "12", debt: "18000", rate: "0.045" }],
    ...{ wallet: { BOLD: "5000.5" }, prices: { WETH: usd("2600") } },
  },
};

function groundWith(venue: string, entry: object) {
  const module = venues.find(({ id }) => id === venue)!;
  const at = ms(1_790_000_000_000);
  const events = module.readWritten(module.written.parse({ venue, name: "me", ...entry }), holdingId("me"), at);
  if (!events.ok) throw new Error(JSON.stringify(events.failure));
  const facts = noFacts();
  for (const event of events.value) applyEvent(facts, event);
  const ports = { engineOf, sha256: (bytes: Uint8Array) => bytes };
  const ground = groundOf(ports, facts, facts.holdings.get(holdingId("me"))!, at);
  if (!isGround(ground)) throw new Error(ground.code);
  return ground;
}

test("every venue whose accounts a wallet pays for says what is in it", () => {
  expect(venues.flatMap(({ id, chain }) => (chain === undefined ? [] : [String(id)])).toSorted()).toEqual(
    Object.keys(written).toSorted(),
  );
});

test.each(Object.keys(written))(
  "%s: what is repaid is gone from the wallet, to the last digit; unread it is not 0",
  (venue) => {
    const { engine, holding, scene } = groundWith(venue, written[venue]!);
    const repays = engine.accounts(holding).flatMap((account) => engine.levers(holding, account, scene));
    const lever = repays.find(({ use }) => use === "repay")!;
    const before = engine.wallet!(holding, lever.on, scene);
    expect(text(trim(before!))).toBe("5000.5");
    const paid = engine.apply(holding, lever.act(dec("1000"), dec("0")), scene);
    if (!paid.ok) throw new Error(JSON.stringify(paid.failure));
    const after = engine.wallet!(paid.value, lever.on, scene)!;
    expect(text(trim(subtract(before!, after)))).toBe("1000");
    expect(engine.wallet!(holding, "NOSUCH" as AssetId, scene)).toBeUndefined();
    const { wallet: _wallet, ...unread } = written[venue] as { readonly wallet: unknown };
    const other = groundWith(venue, unread);
    expect(other.engine.wallet!(other.holding, lever.on, other.scene)).toBeUndefined();
  },
);
