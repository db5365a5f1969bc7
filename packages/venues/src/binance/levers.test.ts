import { accountKey, dec, text, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { margin } from "./margin.ts";
import { MARKS, bodyOf, position, sceneOf } from "./testing.ts";

test("levers: reduce by whole steps within a bound, add margin from what the pool can spare", () => {
  const body = bodyOf("1000", [
    position("BTCUSDT", "1.0005", "100000", { side: "LONG", wallet: "8000" }),
    position("ETHUSDT", "-2", "4000", { side: "SHORT" }),
  ]);
  const of = (account: string) => margin.levers!(body, accountKey(account), sceneOf(MARKS));
  const [add, reduce] = of("BTCUSDT:LONG");
  // pool: 1,000 less initial margin 8,000 / 20
  expect([add!.use, toNumber(add!.most), add!.act(dec("5"), dec("0"))]).toEqual([
    "add-margin",
    600,
    { do: "move-margin", from: "cross:USDT", to: "BTCUSDT:LONG", asset: "USDT", amount: dec("5") },
  ]);
  expect([reduce!.use, reduce!.on, text(reduce!.most)]).toEqual(["reduce", "BTCUSDT", "1.000"]);
  expect(reduce!.act(dec("0.5"), dec("0.0050008"))).toMatchObject({
    side: "sell",
    limit: dec("99500.00"),
    reduceOnly: true,
  });
  const [buy] = of("cross:USDT");
  expect(buy!.act(dec("1"), dec("0.005002"))).toMatchObject({
    instrument: "ETHUSDT",
    side: "buy",
    limit: dec("4020.00"),
  });
  for (const lever of [...of("cross:USDT"), ...of("BTCUSDT:LONG")])
    expect(margin.apply(body, lever.act(lever.most, dec("0.01")), sceneOf(MARKS)).ok).toBe(true);
  expect(margin.levers!(body, accountKey("BTCUSDT:LONG"), sceneOf({}))).toEqual([]);
});
