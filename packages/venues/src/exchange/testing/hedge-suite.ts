import { describe, expect, test } from "vitest";
import { type Play, type VenueStory, actionsOf } from "./play.ts";

/** Both sides of one coin at once: an order and a stop are for one of them, and leave the other alone. */
export function describeHedged(story: VenueStory, at: () => Play): void {
  const { hedged, market, instrument, account } = story;
  const { sized, reduce, stop } = actionsOf(story);
  if (hedged === undefined) return;

  describe("with both sides held", () => {
    const enter = async () => {
      const { client } = at();
      await hedged.enter(client);
      const size = Number(sized("1"));
      await client.createOrder(market, "market", "buy", size, undefined, hedged.params.long);
      await client.createOrder(market, "market", "sell", size, undefined, hedged.params.short);
    };
    const held = async (): Promise<Readonly<Record<string, string>>> => {
      const positions = await at().client.fetchPositions([market]);
      return Object.fromEntries(
        positions.filter(({ contracts }) => (contracts ?? 0) > 0).map((each) => [each.side, `${each.contracts}`]),
      );
    };

    test("a sell reduces the long, a buy the short", async () => {
      const { desk } = at();
      await enter();
      expect((await desk.actor.send(await desk.prepare(reduce("0.4", "99000"), "sell"))).is).toBe("done");
      expect(await held()).toEqual({ long: sized("0.6"), short: sized("1") });
      expect((await desk.actor.send(await desk.prepare(reduce("1", "101000", "buy"), "buy"))).is).toBe("done");
      expect(await held()).toEqual({ long: sized("0.6") });
    });

    test("a stop waits for its own side", async () => {
      const { desk } = at();
      await enter();
      const [ofLong, ofShort] = [stop("1", "99000"), stop("0.3", "105000", { side: "buy" })];
      for (const [key, action] of [ofLong, ofShort].entries())
        expect((await desk.actor.send(await desk.prepare(action, `${key}`))).is).toBe("accepted");
      expect((await desk.lying(account)).toSorted()).toEqual([
        `${instrument} buy ${sized("0.3")} reduce-only at-or-above 105000 mark`,
        `${instrument} sell ${sized("1")} reduce-only at-or-below 99000 mark`,
      ]);
      at().priceTo("98900");
      expect(await held()).toEqual({ short: sized("1") });
      expect(await desk.lying(account)).toHaveLength(1);
    });
  });
}
