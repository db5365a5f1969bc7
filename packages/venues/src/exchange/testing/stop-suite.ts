import { type Reply, isOurs } from "@plimsoll/core/book";
import { canonical, dec } from "@plimsoll/core/units";
import type { FaultRule } from "@plimsoll/sim/exchange";
import { expect, test } from "vitest";
import { type Play, type VenueStory, actionsOf } from "./play.ts";

/** Stops that lie at the venue: placed, seen, fired, cancelled, refused, and when the venue falls silent. */
export function describeStops(story: VenueStory, at: () => Play): void {
  const { market, instrument, account, calls, asset } = story;
  const { sized, stop } = actionsOf(story);

  test("a stop lies there once the venue shows it; the feed sees it, its id finds it", async () => {
    const { desk } = at();
    await at().trade("buy", "1");
    expect(await desk.lying(account)).toEqual([]);
    const placed = await desk.prepare(stop("0.5", "95000"));
    expect(await desk.actor.query(placed)).toEqual({ is: "not-found" });
    expect(await desk.actor.send(placed)).toEqual({ is: "accepted" });
    expect(await desk.lying(account)).toEqual([
      `${instrument} sell ${sized("0.5")} reduce-only at-or-below 95000 mark`,
    ]);
    const seen = await desk.resting(account);
    expect(seen).toMatchObject({ is: "known", value: [{ reference: placed.reference }] });
    expect(seen.is === "known" && seen.value.map(isOurs)).toEqual([true]);
    expect(await desk.actor.query(placed)).toEqual({ is: "accepted" });
  });

  test("of a short it waits above, and takes whatever is there", async () => {
    const { desk } = at();
    await at().trade("sell", "1");
    const placed = await desk.prepare(stop("all", "101000", { side: "buy" }));
    expect(await desk.actor.send(placed)).toEqual({ is: "accepted" });
    expect(await desk.lying(account)).toEqual([`${instrument} buy all reduce-only at-or-above 101000 mark`]);
    await at().trade("buy", "0.5");
    at().priceTo("101500");
    expect(await at().held()).toBe("0");
    expect((await desk.actor.query(placed)).is).toBe("done");
  });

  test("when its price comes it reduces, and its id says what moved", async () => {
    const { desk } = at();
    await at().trade("buy", "1");
    const placed = await desk.prepare(stop("0.5", "99000"));
    await desk.actor.send(placed);
    at().priceTo("98900");
    const reply = await desk.actor.query(placed);
    expect(reply).toMatchObject({ is: "done", flows: [{ asset }] });
    expect(await at().held()).toBe("0.5");
    expect(await desk.lying(account)).toEqual([]);
  });

  test("with a limit it may wait in the book once its price has come and gone; it is seen there, and can be cancelled", async () => {
    const { desk } = at();
    await at().trade("buy", "1");
    const placed = await desk.prepare(stop("0.5", "99000", { limit: dec("98950") }));
    expect(await desk.actor.send(placed)).toEqual({ is: "accepted" });
    expect(await desk.lying(account)).toEqual([
      `${instrument} sell ${sized("0.5")} reduce-only at-or-below 99000 mark limit 98950`,
    ]);
    at().priceTo("98500");
    expect(await desk.actor.query(placed)).toEqual({ is: "accepted" });
    const lies = await desk.resting(account);
    expect(await desk.lying(account)).toEqual([`${instrument} sell ${sized("0.5")} reduce-only limit 98950`]);
    const order = lies.is === "known" ? lies.value[0]!.order : "";
    expect((await desk.actor.send(await desk.prepare({ do: "cancel", order }, "cancel"))).is).toBe("done");
    expect((await desk.actor.query(placed)).is).toBe("expired");
    expect(await at().held()).toBe("1");
  });

  test("a stop is cancelled by the venue's id or by ours; then it protects nothing, and says so", async () => {
    const { desk } = at();
    await at().trade("buy", "1");
    const placed = await desk.prepare(stop("0.5", "95000"));
    await desk.actor.send(placed);
    const cancel = await desk.prepare({ do: "cancel", order: await at().onlyOrder() }, "cancel");
    expect((await desk.actor.query(cancel)).is).toBe("not-found");
    expect((await desk.actor.send(cancel)).is).toBe("done");
    expect((await desk.actor.query(cancel)).is).toBe("done");
    expect((await desk.actor.send(cancel)).is).not.toBe("done");
    expect((await desk.actor.query(placed)).is).toBe("expired");
    const next = await desk.prepare(stop("0.5", "94000"), "two");
    await desk.actor.send(next);
    const ours = await desk.prepare({ do: "cancel", order: next.reference }, "ours");
    expect((await desk.actor.send(ours)).is).toBe("done");
    expect(await desk.lying(account)).toEqual([]);
    expect(await desk.actor.prepare("x", await desk.holding(), { do: "cancel", order: "77" })).toMatchObject({
      ok: false,
    });
  });

  test("an order that somebody placed by hand is seen, and can be cancelled", async () => {
    const { desk } = at();
    await at().client.createOrder(market, "limit", "buy", Number(sized("1")), 97_000);
    expect(await desk.lying(account)).toEqual([`${instrument} buy ${sized("1")} limit 97000`]);
    const cancel = await desk.prepare({ do: "cancel", order: await at().onlyOrder() });
    expect((await at().sendUnder(calls.cancel, { kind: "lost-reply" }, cancel)).is).toBe("ambiguous");
    expect((await desk.actor.query(cancel)).is).toBe("done");
    expect(await desk.lying(account)).toEqual([]);
  });

  // oxfmt-ignore
  test.each<[string, FaultRule["fault"], sent: Reply["is"], asked: Reply["is"], lie: number]>([
      ["a lost reply",        { kind: "lost-reply" },                "ambiguous",   "accepted",  1],
      ["a disconnect before", { kind: "disconnect", effect: false }, "ambiguous",   "not-found", 0],
      ["doubled",             { kind: "doubled", answer: "second" }, story.doubled, "accepted",  1],
    ])("a stop and %s: one lies there at most", async (_case, kind, sent, asked, lie) => {
      const { desk } = at();
      await at().trade("buy", "1");
      const placed = await desk.prepare(stop("0.5", "95000"));
      expect((await at().sendUnder(calls.stop, kind, placed)).is).toBe(sent);
      expect((await desk.actor.query(placed)).is).toBe(asked);
      expect(await desk.lying(account)).toHaveLength(lie);
    });

  test("an acknowledgement that the venue then cannot show is not called a stop", async () => {
    const { desk } = at();
    await at().trade("buy", "1");
    const placed = await desk.prepare(stop("0.5", "95000"));
    at().running.faults.add({ on: calls.shows, fault: story.absent, times: 2 });
    expect(await desk.actor.send(placed)).toMatchObject({ is: "ambiguous" });
    at().running.faults.clear();
    expect(await desk.actor.query(placed)).toEqual({ is: "accepted" });
  });

  // oxfmt-ignore
  test.each([
      ["already reached",   stop("0.5", "101000"),                        "trigger-reached"],
      ["off the grid",      stop("0.5", "95000.0000001"),                 "trigger-off-tick"],
      ["more than is held", stop("1.5", "95000"),                         "closes-too-much"],
      ["would open",        stop("0.5", "105000", { side: "buy" }),       "(wrong-side|no-position)"],
      ["by another price",  stop("0.5", "1", { trigger: { kind: "next-oracle", when: "at-or-below", at: dec("1") } }), "no-such-trigger"],
    ])("a stop is refused before it is sent: %s", async (_case, action, code) => {
      await at().trade("buy", "1");
      const applied = await at().desk.apply(action);
      expect(applied).toMatchObject({ ok: false, failure: { code: expect.stringMatching(`/${code}$`) } });
    });

  test("what the engine says of a stop is what the venue then shows", async () => {
    const { desk } = at();
    await at().trade("buy", "1");
    const action = stop("0.5", "95000");
    const [{ scene }, predicted] = [await desk.read(), await desk.apply(action)];
    const figure = predicted.ok ? desk.engine.resting(predicted.value, account, scene) : undefined;
    await desk.actor.send(await desk.prepare(action));
    const shown = await desk.resting(account);
    const plain = (each: typeof shown | undefined) =>
      each?.is === "known" ? each.value.map(({ instrument: of, side, reduceOnly }) => [of, side, reduceOnly]) : each;
    expect(plain(figure)).toEqual(plain(shown));
  });

  test("what lies there survives the journal", async () => {
    const { desk } = at();
    await at().trade("buy", "1");
    await desk.actor.send(await desk.prepare(stop("all", "95000")));
    const { holding, scene } = await desk.read();
    const journaled = { ...holding, body: JSON.parse(canonical(holding.body)) as unknown };
    expect(desk.engine.readable(journaled, scene.terms)).toMatchObject({ ok: true });
    const lying = desk.engine.resting(holding, account, scene);
    expect(lying).toMatchObject({ is: "known", value: [{ size: "all" }] });
    expect(desk.engine.resting(journaled, account, scene)).toEqual(lying);
  });

  test("a stop that is placed or taken away is told by the sockets, and read at once", async () => {
    const { desk } = at();
    await at().trade("buy", "1");
    await desk.holding();
    const lists: number[] = [];
    const stopWatching = await desk.feed.watch((event) => {
      if (event.type === "holding")
        lists.push((event.holding.body as { resting?: readonly unknown[] }).resting?.length ?? -1);
    });
    const told = async (length: number, withinMs: number): Promise<boolean> => {
      for (const end = performance.now() + withinMs; lists.at(-1) !== length && performance.now() < end;)
        await new Promise((resolve) => setTimeout(resolve, 20));
      return lists.at(-1) === length;
    };
    // the sockets open in their own time: what happens before is not theirs to tell
    for (let attempt = 0; attempt < 8; attempt++) {
      await desk.actor.send(await desk.prepare(stop("0.5", "95000"), `place ${attempt}`));
      if (await told(1, 3_000)) break;
      await desk.actor.send(await desk.prepare({ do: "cancel", order: await at().onlyOrder() }, `early ${attempt}`));
    }
    expect(lists.at(-1)).toBe(1);
    await desk.actor.send(await desk.prepare({ do: "cancel", order: await at().onlyOrder() }, "cancel"));
    expect(await told(0, 20_000)).toBe(true);
    await stopWatching();
  }, 60_000);
}
