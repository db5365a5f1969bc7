import type { Guard } from "@plimsoll/core/policy";
import { dec, ms } from "@plimsoll/core/units";
import { fixed } from "@plimsoll/sim/exchange";
import { expect, test } from "vitest";
import { ME, longAtBinance } from "./testing/long-at-binance.ts";

/** A stop-limit at 95,000 that takes no less than 94,905. */
const guard: Guard = {
  ...{ id: "floor", name: "floor", scope: { holding: ME }, ladder: [], target: { want: "notice" }, mode: "armed" },
  trigger: { when: "health", line: "maintenance", below: dec("1.2"), release: dec("1.3"), urgent: dec("1.1") },
  stops: [{ instrument: "BTCUSDT", kind: "mark", place: { at: dec("95000") }, through: dec("0.001") }],
  bounds: { confirmMs: ms(0), coolDownMs: ms(60_000), maxAgeMs: ms(30_000), perDay: 10 },
};

test("a stop-limit that the market jumped over, long after it was placed, is cancelled and its position closed within bounds, once", async () => {
  const { exchange, clock, pass, lying, live, end } = await longAtBinance("30000");
  const { view, onChange, stop } = await live(guard);
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const off = onChange(() => {
        if (!isSo()) return;
        off();
        resolve();
      });
    });
  const ours = () => [...exchange.state.orders.values()].filter(({ clientId }) => /^p[ls]\./.test(clientId));
  const held = () => exchange.state.accounts.get("me")?.positions.values().next().value?.size ?? 0n;
  const isReadAfter = (moment: number) => () => view().holdings[0]!.asOf > moment;

  await until(() => lying().length > 0);
  await until(() => view().open.length === 0); // the intent that placed it has ended
  exchange.setReference("BTCUSDT", "94000");
  expect(ours()).toMatchObject([{ clientId: expect.stringMatching(/^ps\./), status: "NEW", price: fixed("94905") }]);
  await until(isReadAfter(clock())); // read once as it lies there
  pass(6_000);
  await until(() => held() === 0n && view().open.length === 0);

  const [woken, ...closing] = ours();
  expect([woken!.status, closing.length]).toEqual(["CANCELED", 1]);
  expect(closing[0]).toMatchObject({ status: "FILLED", reduceOnly: true, size: fixed("1") });
  expect(closing[0]!.price).toBeGreaterThanOrEqual(fixed("89000")); // 5 % from a mark of about 94,000
  const told = `${ME}/cross:USDT/guard:floor/stop/woke-unfilled`;
  expect(view().troubles?.map(({ identity }) => identity)).toContain(told);
  await stop();
  await end();
});
