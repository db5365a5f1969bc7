import { type Flow, type Reply, isOurs } from "@plimsoll/core/book";
import { type Exact, add, compare, dec, negate, text, trim } from "@plimsoll/core/units";
import type { FaultRule } from "@plimsoll/sim/exchange";
import { expect, test } from "vitest";
import { callsOf } from "./desk.ts";
import { type Play, type VenueStory, actionsOf } from "./play.ts";

/** Reduce-only immediate orders: whole, in part, not at all, refused, and when the venue falls silent. */
export function describeOrders(story: VenueStory, at: () => Play): void {
  const { market, calls, asset } = story;
  const { sized, reduce, stop } = actionsOf(story);
  const once = story.ids === "used-once";

  test("a reduce-only order fills once, says what moved, and is known by its id", async () => {
    const { desk } = at();
    await at().trade("buy", "1");
    const order = await desk.prepare(reduce("0.4", "99000"));
    expect((await desk.prepare(reduce("0.4", "99000"))).reference).toBe(order.reference);
    expect(isOurs(order)).toBe(true);
    expect((await desk.prepare(reduce("0.4", "99000"), "two")).reference).not.toBe(order.reference);
    expect(await desk.actor.query(order)).toEqual({ is: "not-found" });
    const reply = await desk.actor.send(order);
    expect(reply.is).toBe("done");
    // bought at 100,005 and sold at 99,995: 4 lost on 0.4, and the fee of 0.4 at the client's own figure
    const [fee] = (await at().client.fetchMyTrades(market)).slice(-1).map(({ fee: paid }) => dec(`${paid?.cost ?? 0}`));
    expect(movedOf(reply)).toEqual([[asset, text(trim(negate(add(dec("4"), fee!))))]]);
    expect(await desk.actor.query(order)).toEqual(reply);
    expect(await at().held()).toBe("0.6");
  });

  test("a short is bought back", async () => {
    await at().trade("sell", "1");
    const order = await at().desk.prepare(reduce("1", "101000", "buy"));
    expect((await at().desk.actor.send(order)).is).toBe("done");
    expect(await at().held()).toBe("0");
  });

  test("what the limit does not reach stays: a part, or nothing", async () => {
    const { desk } = at();
    await at().trade("buy", "7");
    const part = await desk.actor.send(await desk.prepare(reduce("7", "99990"), "part"));
    expect(part.is).toBe("expired");
    const filled = part.is === "expired" ? part.done : undefined;
    expect(filled !== undefined && filled.digits > 0n && compare(filled, dec(sized("7"))) < 0).toBe(true);
    const left = add(dec(sized("7")), negate(filled!));
    expect(sized(await at().held())).toBe(text(trim(left)));
    const none = await desk.actor.send(await desk.prepare(reduce("0.4", "101000"), "none"));
    expect(none.is).toBe("expired");
    expect(sized(await at().held())).toBe(text(trim(left)));
  });

  // oxfmt-ignore
  test.each<[string, FaultRule["fault"], sent: Reply["is"], asked: Reply["is"], left: string]>([
      ["a lost reply",        { kind: "lost-reply" },                "ambiguous",   "done",      "0.6"],
      ["a late reply",        { kind: "late-reply", ms: 900 },       "ambiguous",   "done",      "0.6"],
      ["a disconnect after",  { kind: "disconnect", effect: true },  "ambiguous",   "done",      "0.6"],
      ["a disconnect before", { kind: "disconnect", effect: false }, "ambiguous",   "not-found", "1"],
      ["doubled",             { kind: "doubled", answer: "second" }, once ? story.doubled : "done", "done", once ? "0.6" : "0.2"],
    ])("%s: its id says what became of it, and it acts once", async (_case, kind, sent, asked, left) => {
      const { desk } = at();
      await at().trade("buy", "1");
      const order = await desk.prepare(reduce("0.4", "99000"));
      expect((await at().sendUnder(calls.order, kind, order)).is).toBe(sent);
      expect((await desk.actor.query(order)).is).toBe(asked);
      expect(await at().held()).toBe(left);
    });

  test.runIf(once)("the same message again acts no second time", async () => {
    const { desk } = at();
    await at().trade("buy", "1");
    const order = await desk.prepare(reduce("0.4", "99000"));
    await desk.actor.send(order);
    await desk.actor.send(await desk.prepare(reduce("0.4", "99000")));
    await desk.actor.send(order);
    expect(await at().held()).toBe("0.6");
  });

  test("a refusal says what helps: the band, or a fresh reading", async () => {
    const { desk } = at();
    await at().trade("buy", "1");
    const low = await desk.actor.send(await desk.prepare(reduce("0.5", story.band.low), "low"));
    expect(low).toMatchObject({ is: "refused", remedy: "band" });
    const edge: Exact | undefined = low.is === "refused" ? low.edge : undefined;
    expect(edge && text(trim(edge))).toBe(story.band.edge);
    const late = await desk.prepare(reduce("1", "99000"), "late");
    await desk.actor.send(await desk.prepare(reduce("1", "99000"), "first"));
    expect(await desk.actor.send(late)).toMatchObject({ is: "refused", remedy: "reread" });
  });

  test("nothing that opens risk is ever prepared, and no timer is armed", async () => {
    const { desk } = at();
    await at().trade("buy", "1");
    const opening = { ...reduce("0.1", "99000"), reduceOnly: false };
    expect(await desk.actor.prepare("k", await desk.holding(), opening)).toMatchObject({ ok: false });
    const made = callsOf(at().client);
    await desk.actor.send(await desk.prepare(stop("0.5", "95000")));
    await desk.actor.send(await desk.prepare(reduce("0.5", "99000"), "two"));
    expect(made.length).toBeGreaterThan(3);
    expect(made.filter((call) => story.timer.test(call))).toEqual([]);
  });
}

const movedOf = (reply: Reply): readonly (readonly [string, string])[] =>
  reply.is === "done" ? reply.flows.map(({ asset, amount }: Flow) => [asset, text(trim(amount))]) : [];
