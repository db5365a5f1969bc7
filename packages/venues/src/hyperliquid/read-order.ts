import type { Flow, Reply } from "@plimsoll/core/book";
import { type Exact, assetId, compare, isZero, negate, subtract, text, why, ZERO } from "@plimsoll/core/units";
import { sumFlows } from "@plimsoll/venues/exchange";
import { decimal, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { HYPERLIQUID } from "./names.ts";
import { classify } from "./outcomes.ts";

const amount = decimal(18);
const read = readerOf(HYPERLIQUID);

const Answer = z.object({
  response: z.object({
    data: z.object({
      statuses: z.array(z.union([z.object({ error: z.string() }), z.string(), z.looseObject({})])).length(1),
    }),
  }),
});

/** What the venue said of the one order or cancel of an action: why it was refused, or nothing. */
export function refusalIn(raw: unknown): Reply | undefined {
  const answer = read("statuses", Answer, raw);
  if (!answer.ok) return { is: "ambiguous", why: answer.failure };
  const [said] = answer.value.response.data.statuses;
  return typeof said === "object" && "error" in said
    ? classify({ status: 200, message: String(said.error) })
    : undefined;
}

const Status = z.union([
  z.object({ status: z.literal("unknownOid") }).transform((): undefined => undefined),
  z
    .object({
      status: z.literal("order"),
      order: z.object({
        status: z.string(),
        order: z.object({ oid: z.number().int(), origSz: amount, sz: amount }),
      }),
    })
    .transform(({ order: { status, order } }) => ({ status, ...order })),
]);
export type VenueOrder = Exclude<z.output<typeof Status>, undefined>;

/** The order that was asked about; undefined where the venue knows none. */
export const readOrder = (raw: unknown) => read("orderStatus", Status, raw);

/**
 * What the state of an order or trigger order means: everything but open, triggered and filled is an end.
 * @source hyperliquid.gitbook.io, info endpoint, order status
 */
export function replyOf({ status, origSz, sz: left }: VenueOrder): Reply {
  const done = compare(origSz, left) > 0 ? subtract(origSz, left) : ZERO;
  if (status === "triggered") return { is: "accepted" };
  if (status === "open") return isZero(done) ? { is: "accepted" } : { is: "partly", done, left };
  if (status === "filled" && isZero(left)) return { is: "done", flows: [] };
  if (status === "filled" || /([cC]anceled|[rR]ejected|scheduledCancel)$/.test(status))
    return { is: "expired", why: ended(status, done, origSz), done };
  return { is: "ambiguous", why: why("hyperliquid/unknown-status", { status, next: "ask again" }) };
}

const ended = (status: string, done: Exact, asked: Exact) =>
  why("hyperliquid/order-ended", {
    status,
    done: text(done),
    asked: text(asked),
    next: "read the account again; the guard decides on what is left",
  });

const Fills = z.array(z.object({ oid: z.number().int(), closedPnl: amount, fee: amount, feeToken: z.string() }));

/** Money that moved with the fills of an order: profit realised in the token of its dex, fees in their own. */
export function readFlows(raw: unknown, oid: number, token: string): readonly Flow[] {
  const fills = read("userFillsByTime", Fills, raw);
  if (!fills.ok) return [];
  return sumFlows(
    fills.value
      .filter((fill) => fill.oid === oid)
      .flatMap(({ closedPnl, fee, feeToken }) => [
        { asset: assetId(token), amount: closedPnl },
        { asset: assetId(feeToken), amount: negate(fee) },
      ]),
  );
}

const State = z.object({
  assetPositions: z.array(
    z.object({ position: z.object({ coin: z.string(), leverage: z.object({ rawUsd: amount.optional() }) }) }),
  ),
});

/** The cash of an isolated position; undefined where it is gone, or the answer says nothing. */
export function readCash(raw: unknown, coin: string): Exact | undefined {
  const state = read("clearinghouseState", State, raw);
  if (!state.ok) return undefined;
  return state.value.assetPositions.find(({ position }) => position.coin === coin)?.position.leverage.rawUsd;
}

const Universe = z.object({ universe: z.array(z.object({ name: z.string() })) });
const Dexes = z.array(z.object({ name: z.string() }).nullable());

/**
 * The number of a coin at the venue, from the metadata of its dex and the list of dexes.
 * @source hyperliquid.gitbook.io, asset ids: the place in the universe; of other dexes 100000 + 10000 x dex + place
 */
export function assetNumber(coin: string, dex: string, meta: unknown, dexes: unknown): number | undefined {
  const [universe, list] = [Universe.safeParse(meta), Dexes.safeParse(dexes)];
  if (!universe.success || !list.success) return undefined;
  const place = universe.data.universe.findIndex(({ name }) => name === coin);
  const at = dex === "" ? 0 : list.data.findIndex((each) => each?.name === dex);
  if (place < 0 || at < 0) return undefined;
  return at === 0 ? place : 100_000 + 10_000 * at + place;
}
