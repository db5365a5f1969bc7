import type { Guard } from "@plimsoll/core/policy";
import { dec, ms, text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Written } from "./ledger.ts";
import { ME, longAtBinance } from "./testing/long-at-binance.ts";

const guard: Guard = {
  ...{ id: "floor", name: "floor", scope: { holding: ME }, ladder: [], target: { want: "notice" }, mode: "armed" },
  trigger: { when: "health", line: "maintenance", below: dec("1.2"), release: dec("1.3"), urgent: dec("1.1") },
  stops: [{ instrument: "BTCUSDT", kind: "mark", place: { before: dec("0.1") } }],
  bounds: { confirmMs: ms(0), coolDownMs: ms(60_000), maxAgeMs: ms(30_000), perDay: 10 },
};

test("a keeper that was away adopts what it finds: the position cut by hand, its stop gone; it says so and lets a new one lie there", async () => {
  const desk = await longAtBinance("20000");
  const { exchange, client, lying } = desk;

  /** A life of the keeper until its position is covered; what it wrote. */
  const live = async (): Promise<readonly Written[]> => {
    const keeper = await desk.live(guard);
    const written: Written[] = [];
    const isCovered = () => {
      const covers = keeper.coverage({ deadMan: () => "off" });
      return covers.length > 0 && covers.every(({ unprotectedMs }) => unprotectedMs === 0);
    };
    await new Promise<void>((resolve) =>
      keeper.onChange((news) => {
        written.push(...news);
        if (isCovered()) resolve();
      }),
    );
    await keeper.stop();
    return written;
  };
  const alerts = (written: readonly Written[]) =>
    written.flatMap(({ record }) =>
      record.kind === "decided"
        ? record.decisions.flatMap((each) =>
            each.type === "alert" && /^(change|recovery)/.test(each.why.code) ? [each.why] : [],
          )
        : [],
    );

  expect(alerts(await live())).toEqual([]);
  expect(lying()).toMatchObject([{ side: "sell", clientId: expect.stringMatching(/^ps\./) }]);
  await client.createOrder("BTC/USDT:USDT", "market", "sell", 0.4, undefined, { reduceOnly: true });
  exchange.run({ type: "cancel-all-conditionals", account: "me", symbol: "BTCUSDT" });
  desk.pass(120_000);

  const found = alerts(await live());
  expect(found.map(({ code }) => code)).toEqual(["change/unexplained", "recovery/back"]);
  expect(found[1]!.facts).toMatchObject({ stopsFound: "0", stopsMissing: "1" });
  expect(found[1]!.facts["changed"]).toContain("BTCUSDT from 1 to 0.6");
  const [stop] = lying();
  expect(text({ digits: stop!.size, scale: 8 })).toBe("0.60000000");
  await desk.end();
});
