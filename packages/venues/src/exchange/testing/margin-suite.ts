import type { Action } from "@plimsoll/core/book";
import { type Exact, assetId, dec, subtract, text, trim } from "@plimsoll/core/units";
import { beforeEach, describe, expect, test } from "vitest";
import type { Play, VenueStory } from "./play.ts";

/** Margin that goes into a position of its own and out again. */
export function describeMargin({ asset, isolated }: VenueStory, at: () => Play): void {
  describe("margin of a position of its own", () => {
    const { isolate, pool, position, call } = isolated;
    const move = (amount: string, inward = true): Action => ({
      do: "move-margin",
      from: inward ? pool : position,
      to: inward ? position : pool,
      asset: assetId(asset),
      amount: dec(amount),
    });
    const equity = async (): Promise<Exact> => {
      const { holding, scene } = await at().desk.read();
      const figure = at().desk.engine.assess(holding, position, scene).equity;
      if (figure.is !== "known") throw new Error(figure.is);
      return figure.value;
    };
    beforeEach(async () => {
      await isolate(at().client);
      await at().trade("buy", "1");
    });

    test("goes in and out, to the last digit", async () => {
      const { desk } = at();
      const before = await equity();
      const inward = await desk.prepare(move("1234.5"), "in");
      expect(await desk.actor.send(inward)).toEqual({ is: "done", flows: [{ asset, amount: dec("-1234.5") }] });
      expect(text(trim(subtract(await equity(), before)))).toBe("1234.5");
      expect((await desk.actor.query(inward)).is).toBe("done");
      at().running.exchange.advance(1);
      expect((await desk.actor.send(await desk.prepare(move("1000", false), "out"))).is).toBe("done");
      expect(text(trim(subtract(await equity(), before)))).toBe("234.5");
    });

    test("a move whose reply is lost is found; while it may still arrive its absence is no answer", async () => {
      const { desk, running } = at();
      const arrived = await desk.prepare(move("100"), "arrived");
      expect((await at().sendUnder(call, { kind: "lost-reply" }, arrived)).is).toBe("ambiguous");
      expect((await desk.actor.query(arrived)).is).toBe("done");
      running.exchange.advance(1_000);
      const vanished = await desk.prepare(move("100"), "vanished");
      const broken = { kind: "disconnect", effect: false } as const;
      expect((await at().sendUnder(call, broken, vanished)).is).toBe("ambiguous");
      expect((await desk.actor.query(vanished)).is).toBe("ambiguous");
      running.exchange.advance(10_001);
      expect((await desk.actor.query(vanished)).is).toBe("not-found");
      expect((await desk.actor.send(vanished)).is).toBe("refused");
    });
  });
}
