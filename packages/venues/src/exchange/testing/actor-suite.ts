import type { Action, Flow, Prepared, Reply } from "@plimsoll/core/book";
import {
  type AccountKey,
  type Exact,
  add,
  assetId,
  canonical,
  compare,
  dec,
  multiply,
  negate,
  subtract,
  text,
  trim,
} from "@plimsoll/core/units";
import type { FaultRule, RunningExchange } from "@plimsoll/sim/exchange";
import type { Exchange } from "ccxt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Desk, callsOf, reduceOf, stopOf } from "./desk.ts";

/** One account at a simulated venue, and whoever trades it by hand. */
export interface Stage {
  readonly running: RunningExchange;
  readonly client: Exchange;
  readonly desk: Desk;
}

/** What differs from venue to venue about one and the same story: a coin at 100,000, an account with 100,000. */
export interface VenueStory {
  readonly open: () => Promise<Stage>;
  /** The client library's name of the market, ours of the instrument, the simulation's of the symbol. */
  readonly market: string;
  readonly instrument: string;
  readonly symbol: string;
  readonly asset: string;
  readonly account: AccountKey;
  /** Sizes of the venue in one coin. */
  readonly unit: string;
  /** Calls as faults name them. */
  readonly calls: { readonly order: string; readonly stop: string; readonly cancel: string; readonly shows: string };
  /** How the venue words that an order is not there. */
  readonly absent: FaultRule["fault"];
  /** A price that is below what the venue takes, and the edge that it names. */
  readonly band: { readonly low: string; readonly edge?: string };
  /** Whether the venue refuses an id that it has seen, or only one that is still open: then a copy of an immediate order acts again. */
  readonly ids: "used-once" | "while-open";
  /** What the second copy of a message is answered with. */
  readonly doubled: Reply["is"];
  /** Where positions have margin of their own: how a coin is switched to that, the two accounts, and the call that moves. */
  readonly isolated: {
    readonly isolate: (client: Exchange) => Promise<unknown>;
    readonly pool: AccountKey;
    readonly position: AccountKey;
    readonly call: string;
  };
  /** Words in a call that would arm the venue's dead man's timer. */
  readonly timer: RegExp;
}

/** What every exchange's actor must do, played at one simulated venue with its real client. */
export function describeActor(name: string, story: VenueStory): void {
  const { market, instrument, account, calls, asset } = story;
  const sized = (coins: string): string => text(trim(multiply(dec(coins), dec(story.unit))));
  const reduce = (coins: string, limit: string, side: "buy" | "sell" = "sell") =>
    reduceOf(instrument)(side, sized(coins), limit);
  const stop = (coins: string, at: string, more: Parameters<ReturnType<typeof stopOf>>[2] = {}) =>
    stopOf(instrument)(coins === "all" ? coins : sized(coins), at, more);

  const once = story.ids === "used-once";

  describe(`actor of ${name}`, () => {
    let stage: Stage;
    beforeEach(async () => {
      stage = await story.open();
    });
    afterEach(async () => {
      await stage.client.close();
      await stage.running.stop();
    });
    const trade = (side: "buy" | "sell", coins: string) =>
      stage.client.createOrder(market, "market", side, Number(sized(coins)), 100_000);
    const priceTo = (price: string) => {
      stage.running.exchange.setReference(story.symbol, price);
      stage.running.exchange.advance(60_000);
    };
    const fault = (on: string, kind: FaultRule["fault"]) => stage.running.faults.add({ on, fault: kind, times: 1 });
    /** Sends under one fault; only what waits for an answer that never comes is given up soon. */
    const sendUnder = async (on: string, kind: FaultRule["fault"], prepared: Prepared): Promise<Reply> => {
      const patience = stage.client.timeout;
      if (kind.kind === "lost-reply" || kind.kind === "late-reply") stage.client.timeout = 700;
      fault(on, kind);
      const reply = await stage.desk.actor.send(prepared);
      stage.client.timeout = patience;
      return reply;
    };
    /** The venue's id of the one order that lies there. */
    const onlyOrder = async (): Promise<string> => {
      const figure = await stage.desk.resting(account);
      if (figure.is !== "known" || figure.value.length !== 1) throw new Error(JSON.stringify(figure.is));
      return figure.value[0]!.order;
    };
    /** What is held, in coins. */
    const held = async (): Promise<string> => {
      const [position] = await stage.client.fetchPositions([market]);
      const { contracts = 0, contractSize = 1, side } = position ?? {};
      return text(trim(multiply(dec(`${side === "short" ? -contracts : contracts}`), dec(`${contractSize}`))));
    };

    test("a reduce-only order fills once, says what moved, and is known by its id", async () => {
      const { desk } = stage;
      await trade("buy", "1");
      const order = await desk.prepare(reduce("0.4", "99000"));
      expect((await desk.prepare(reduce("0.4", "99000"))).reference).toBe(order.reference);
      expect((await desk.prepare(reduce("0.4", "99000"), "two")).reference).not.toBe(order.reference);
      expect(await desk.actor.query(order)).toEqual({ is: "not-found" });
      const reply = await desk.actor.send(order);
      expect(reply.is).toBe("done");
      // bought at 100,005 and sold at 99,995: 4 lost on 0.4, and the fee of 0.4 at the client's own figure
      const [fee] = (await stage.client.fetchMyTrades(market))
        .slice(-1)
        .map(({ fee: paid }) => dec(`${paid?.cost ?? 0}`));
      expect(movedOf(reply)).toEqual([[asset, text(trim(negate(add(dec("4"), fee!))))]]);
      expect(await desk.actor.query(order)).toEqual(reply);
      expect(await held()).toBe("0.6");
    });

    test("a short is bought back", async () => {
      await trade("sell", "1");
      const order = await stage.desk.prepare(reduce("1", "101000", "buy"));
      expect((await stage.desk.actor.send(order)).is).toBe("done");
      expect(await held()).toBe("0");
    });

    test("what the limit does not reach stays: a part, or nothing", async () => {
      const { desk } = stage;
      await trade("buy", "7");
      const part = await desk.actor.send(await desk.prepare(reduce("7", "99990"), "part"));
      expect(part.is).toBe("expired");
      const filled = part.is === "expired" ? part.done : undefined;
      expect(filled !== undefined && filled.digits > 0n && compare(filled, dec(sized("7"))) < 0).toBe(true);
      const left = add(dec(sized("7")), negate(filled!));
      expect(sized(await held())).toBe(text(trim(left)));
      const none = await desk.actor.send(await desk.prepare(reduce("0.4", "101000"), "none"));
      expect(none.is).toBe("expired");
      expect(sized(await held())).toBe(text(trim(left)));
    });

    // oxfmt-ignore
    test.each<[string, FaultRule["fault"], sent: Reply["is"], asked: Reply["is"], left: string]>([
      ["a lost reply",        { kind: "lost-reply" },                "ambiguous",   "done",      "0.6"],
      ["a late reply",        { kind: "late-reply", ms: 900 },       "ambiguous",   "done",      "0.6"],
      ["a disconnect after",  { kind: "disconnect", effect: true },  "ambiguous",   "done",      "0.6"],
      ["a disconnect before", { kind: "disconnect", effect: false }, "ambiguous",   "not-found", "1"],
      ["doubled",             { kind: "doubled", answer: "second" }, once ? story.doubled : "done", "done", once ? "0.6" : "0.2"],
    ])("%s: its id says what became of it, and it acts once", async (_case, kind, sent, asked, left) => {
      const { desk } = stage;
      await trade("buy", "1");
      const order = await desk.prepare(reduce("0.4", "99000"));
      expect((await sendUnder(calls.order, kind, order)).is).toBe(sent);
      expect((await desk.actor.query(order)).is).toBe(asked);
      expect(await held()).toBe(left);
    });

    test.runIf(once)("the same message again acts no second time", async () => {
      const { desk } = stage;
      await trade("buy", "1");
      const order = await desk.prepare(reduce("0.4", "99000"));
      await desk.actor.send(order);
      await desk.actor.send(await desk.prepare(reduce("0.4", "99000")));
      await desk.actor.send(order);
      expect(await held()).toBe("0.6");
    });

    test("a refusal says what helps: the band, or a fresh reading", async () => {
      const { desk } = stage;
      await trade("buy", "1");
      const low = await desk.actor.send(await desk.prepare(reduce("0.5", story.band.low), "low"));
      expect(low).toMatchObject({ is: "refused", remedy: "band" });
      const edge: Exact | undefined = low.is === "refused" ? low.edge : undefined;
      expect(edge && text(trim(edge))).toBe(story.band.edge);
      const late = await desk.prepare(reduce("1", "99000"), "late");
      await desk.actor.send(await desk.prepare(reduce("1", "99000"), "first"));
      expect(await desk.actor.send(late)).toMatchObject({ is: "refused", remedy: "reread" });
    });

    test("a stop lies there once the venue shows it; the feed sees it, its id finds it", async () => {
      const { desk } = stage;
      await trade("buy", "1");
      expect(await desk.lying(account)).toEqual([]);
      const placed = await desk.prepare(stop("0.5", "95000"));
      expect(await desk.actor.query(placed)).toEqual({ is: "not-found" });
      expect(await desk.actor.send(placed)).toEqual({ is: "accepted" });
      expect(await desk.lying(account)).toEqual([
        `${instrument} sell ${sized("0.5")} reduce-only at-or-below 95000 mark`,
      ]);
      expect(await desk.resting(account)).toMatchObject({ is: "known", value: [{ reference: placed.reference }] });
      expect(await desk.actor.query(placed)).toEqual({ is: "accepted" });
    });

    test("of a short it waits above, and takes whatever is there", async () => {
      const { desk } = stage;
      await trade("sell", "1");
      const placed = await desk.prepare(stop("all", "101000", { side: "buy" }));
      expect(await desk.actor.send(placed)).toEqual({ is: "accepted" });
      expect(await desk.lying(account)).toEqual([`${instrument} buy all reduce-only at-or-above 101000 mark`]);
      await trade("buy", "0.5");
      priceTo("101500");
      expect(await held()).toBe("0");
      expect((await desk.actor.query(placed)).is).toBe("done");
    });

    test("when its price comes it reduces, and its id says what moved", async () => {
      const { desk } = stage;
      await trade("buy", "1");
      const placed = await desk.prepare(stop("0.5", "99000"));
      await desk.actor.send(placed);
      priceTo("98900");
      const reply = await desk.actor.query(placed);
      expect(reply).toMatchObject({ is: "done", flows: [{ asset }] });
      expect(await held()).toBe("0.5");
      expect(await desk.lying(account)).toEqual([]);
    });

    test("with a limit it may wait in the book once its price has come and gone; it is seen there, and can be cancelled", async () => {
      const { desk } = stage;
      await trade("buy", "1");
      const placed = await desk.prepare(stop("0.5", "99000", { limit: dec("98950") }));
      expect(await desk.actor.send(placed)).toEqual({ is: "accepted" });
      expect(await desk.lying(account)).toEqual([
        `${instrument} sell ${sized("0.5")} reduce-only at-or-below 99000 mark limit 98950`,
      ]);
      priceTo("98500");
      expect(await desk.actor.query(placed)).toEqual({ is: "accepted" });
      const lies = await desk.resting(account);
      expect(await desk.lying(account)).toEqual([`${instrument} sell ${sized("0.5")} reduce-only limit 98950`]);
      const order = lies.is === "known" ? lies.value[0]!.order : "";
      expect((await desk.actor.send(await desk.prepare({ do: "cancel", order }, "cancel"))).is).toBe("done");
      expect((await desk.actor.query(placed)).is).toBe("expired");
      expect(await held()).toBe("1");
    });

    test("a stop is cancelled by the venue's id or by ours; then it protects nothing, and says so", async () => {
      const { desk } = stage;
      await trade("buy", "1");
      const placed = await desk.prepare(stop("0.5", "95000"));
      await desk.actor.send(placed);
      const cancel = await desk.prepare({ do: "cancel", order: await onlyOrder() }, "cancel");
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
      const { desk } = stage;
      await stage.client.createOrder(market, "limit", "buy", Number(sized("1")), 97_000);
      expect(await desk.lying(account)).toEqual([`${instrument} buy ${sized("1")} limit 97000`]);
      const cancel = await desk.prepare({ do: "cancel", order: await onlyOrder() });
      expect((await sendUnder(calls.cancel, { kind: "lost-reply" }, cancel)).is).toBe("ambiguous");
      expect((await desk.actor.query(cancel)).is).toBe("done");
      expect(await desk.lying(account)).toEqual([]);
    });

    // oxfmt-ignore
    test.each<[string, FaultRule["fault"], sent: Reply["is"], asked: Reply["is"], lie: number]>([
      ["a lost reply",        { kind: "lost-reply" },                "ambiguous",   "accepted",  1],
      ["a disconnect before", { kind: "disconnect", effect: false }, "ambiguous",   "not-found", 0],
      ["doubled",             { kind: "doubled", answer: "second" }, story.doubled, "accepted",  1],
    ])("a stop and %s: one lies there at most", async (_case, kind, sent, asked, lie) => {
      const { desk } = stage;
      await trade("buy", "1");
      const placed = await desk.prepare(stop("0.5", "95000"));
      expect((await sendUnder(calls.stop, kind, placed)).is).toBe(sent);
      expect((await desk.actor.query(placed)).is).toBe(asked);
      expect(await desk.lying(account)).toHaveLength(lie);
    });

    test("an acknowledgement that the venue then cannot show is not called a stop", async () => {
      const { desk } = stage;
      await trade("buy", "1");
      const placed = await desk.prepare(stop("0.5", "95000"));
      stage.running.faults.add({ on: calls.shows, fault: story.absent, times: 2 });
      expect(await desk.actor.send(placed)).toMatchObject({ is: "ambiguous" });
      stage.running.faults.clear();
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
      await trade("buy", "1");
      const applied = await stage.desk.apply(action);
      expect(applied).toMatchObject({ ok: false, failure: { code: expect.stringMatching(`/${code}$`) } });
    });

    test("what the engine says of a stop is what the venue then shows", async () => {
      const { desk } = stage;
      await trade("buy", "1");
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
      const { desk } = stage;
      await trade("buy", "1");
      await desk.actor.send(await desk.prepare(stop("all", "95000")));
      const { holding, scene } = await desk.read();
      const journaled = { ...holding, body: JSON.parse(canonical(holding.body)) as unknown };
      expect(desk.engine.readable(journaled, scene.terms)).toMatchObject({ ok: true });
      const lying = desk.engine.resting(holding, account, scene);
      expect(lying).toMatchObject({ is: "known", value: [{ size: "all" }] });
      expect(desk.engine.resting(journaled, account, scene)).toEqual(lying);
    });

    test("a stop that is placed or taken away is told by the sockets, and read at once", async () => {
      const { desk } = stage;
      await trade("buy", "1");
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
        await desk.actor.send(await desk.prepare({ do: "cancel", order: await onlyOrder() }, `early ${attempt}`));
      }
      expect(lists.at(-1)).toBe(1);
      await desk.actor.send(await desk.prepare({ do: "cancel", order: await onlyOrder() }, "cancel"));
      expect(await told(0, 20_000)).toBe(true);
      await stopWatching();
    }, 60_000);

    describe("margin of a position of its own", () => {
      const { isolate, pool, position, call } = story.isolated;
      const move = (amount: string, inward = true): Action => ({
        do: "move-margin",
        from: inward ? pool : position,
        to: inward ? position : pool,
        asset: assetId(asset),
        amount: dec(amount),
      });
      const equity = async (): Promise<Exact> => {
        const { holding, scene } = await stage.desk.read();
        const figure = stage.desk.engine.assess(holding, position, scene).equity;
        if (figure.is !== "known") throw new Error(figure.is);
        return figure.value;
      };
      beforeEach(async () => {
        await isolate(stage.client);
        await trade("buy", "1");
      });

      test("goes in and out, to the last digit", async () => {
        const { desk } = stage;
        const before = await equity();
        const inward = await desk.prepare(move("1234.5"), "in");
        expect(await desk.actor.send(inward)).toEqual({ is: "done", flows: [{ asset, amount: dec("-1234.5") }] });
        expect(text(trim(subtract(await equity(), before)))).toBe("1234.5");
        expect((await desk.actor.query(inward)).is).toBe("done");
        stage.running.exchange.advance(1);
        expect((await desk.actor.send(await desk.prepare(move("1000", false), "out"))).is).toBe("done");
        expect(text(trim(subtract(await equity(), before)))).toBe("234.5");
      });

      test("a move whose reply is lost is found; while it may still arrive its absence is no answer", async () => {
        const { desk, running } = stage;
        const arrived = await desk.prepare(move("100"), "arrived");
        expect((await sendUnder(call, { kind: "lost-reply" }, arrived)).is).toBe("ambiguous");
        expect((await desk.actor.query(arrived)).is).toBe("done");
        running.exchange.advance(1_000);
        const vanished = await desk.prepare(move("100"), "vanished");
        const broken = { kind: "disconnect", effect: false } as const;
        expect((await sendUnder(call, broken, vanished)).is).toBe("ambiguous");
        expect((await desk.actor.query(vanished)).is).toBe("ambiguous");
        running.exchange.advance(10_001);
        expect((await desk.actor.query(vanished)).is).toBe("not-found");
        expect((await desk.actor.send(vanished)).is).toBe("refused");
      });
    });

    test("nothing that opens risk is ever prepared, and no timer is armed", async () => {
      const { desk } = stage;
      await trade("buy", "1");
      const opening = { ...reduce("0.1", "99000"), reduceOnly: false };
      expect(await desk.actor.prepare("k", await desk.holding(), opening)).toMatchObject({ ok: false });
      const made = callsOf(stage.client);
      await desk.actor.send(await desk.prepare(stop("0.5", "95000")));
      await desk.actor.send(await desk.prepare(reduce("0.5", "99000"), "two"));
      expect(made.length).toBeGreaterThan(3);
      expect(made.filter((call) => story.timer.test(call))).toEqual([]);
    });
  });
}

const movedOf = (reply: Reply): readonly (readonly [string, string])[] =>
  reply.is === "done" ? reply.flows.map(({ asset, amount }: Flow) => [asset, text(trim(amount))]) : [];
