import { createHash } from "node:crypto";
import { type Guard, hashWith } from "@plimsoll/core/policy";
import { dec, holdingId, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { planForGuard } from "./plan-for.ts";
import { boundDesk, deskAccount, deskHolding, deskPrice, deskScene } from "./testing/small-desk.ts";

const hashOf = hashWith((bytes) => createHash("sha256").update(bytes).digest());
const scene = deskScene({ BTC: dec("10000") }, { lots: { BTC: dec("0.01") } });
const [short, long] = [holdingId("desk:short"), holdingId("desk:long")];
const ground = (id: string, size: string) => {
  const positions = { BTC: { size: dec(size), entry: dec("10000") } };
  return {
    engine: boundDesk,
    scene,
    holding: deskHolding({ cash: dec("20000"), wallet: {}, posted: {}, positions }, id),
  };
};
const pair: Guard = {
  ...{ id: "pair", name: "the pair", scope: { holding: short }, target: { want: "match" }, mode: "shadow" },
  ladder: [{ use: "reduce", instrument: "BTC", slippage: dec("0.01") }],
  trigger: {
    ...{ when: "coupled", own: deskPrice("BTC"), holding: long, other: deskPrice("BTC") },
    ...{ least: dec("0.95"), release: dec("0.99") },
  },
  bounds: { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: ms(30_000), perDay: 10 },
};
const planned = (legs: readonly ReturnType<typeof ground>[]) => {
  const grounds = new Map(legs.map((leg) => [leg.holding.id, leg]));
  const start = { field: { grounds, conditions: new Map() }, reserves: [], spent: [] };
  return planForGuard(start, pair, deskAccount, hashOf).plan?.steps.map(({ action }) => action);
};

test("the plan of a guard that matches a pair cuts what stands alone, and nothing where the other leg is not known", () => {
  const ours = ground("desk:short", "-1");
  expect(planned([ours, ground("desk:long", "0.6")])).toMatchObject([{ side: "buy", size: dec("0.40") }]);
  expect(planned([ours, ground("desk:long", "1")])).toBeUndefined();
  expect(planned([ours])).toBeUndefined();
});
