import { type Exact, type Ms, assetId, dec, holdingId, ms, quoteKey, venueId } from "@plimsoll/core/units";
import { dangers } from "@plimsoll/core/risk";
import { signedAmount, whole } from "@plimsoll/venues/wire";
import * as z from "zod";

const name = z.string().min(1);
const moment = z.iso
  .datetime({ offset: true, error: "not a moment: write 2020-03-12T10:00:00Z" })
  .transform((text): Ms => ms(Date.parse(text)));
const decimal = signedAmount.transform((text): Exact => dec(text));
const above = decimal.refine(({ digits }) => digits > 0n, "must be above 0");
const share = decimal.refine(
  (value) => value.digits >= 0n && Number(value.digits) <= 10 ** value.scale,
  "a share from 0 to 1",
);
const count = z
  .string()
  .regex(/^\d{1,9}$/, "write a whole number")
  .transform(Number);
const source = name.describe("a name of sources, or the word assumed");

/** A step: from `at` on it is `to`. */
const step = <S extends z.ZodType>(to: S) =>
  z.strictObject({
    at: moment,
    to,
    hold: z.boolean().optional(),
    durationSeconds: count.optional().describe("a wick: so long, then back to where it would have been"),
    source: source.optional(),
  });
const steps = <S extends z.ZodType>(to: S) => z.array(step(to)).min(1);
const course = <S extends z.ZodType>(to: S) => ({ source: source.optional(), steps: steps(to) });
const quotes = z.array(name.transform(quoteKey)).default([]);
const priced = {
  of: name,
  quotes,
  times: z.array(name).default([]),
  over: name.optional(),
  hold: z.boolean().default(false),
};

const reserveFlags = z.strictObject({
  frozen: z.boolean().optional(),
  paused: z.boolean().optional(),
  ltvZero: z.boolean().optional(),
  flashOff: z.boolean().optional(),
  utilisation: share.optional(),
  borrowRate: decimal.optional(),
});
const venueStates = ["normal", "degraded", "reduce-only", "cancel-only", "post-only", "settling", "halted"] as const;

/** One channel as it is written; `channel` says which. */
const channel = z.discriminatedUnion("channel", [
  z.strictObject({ channel: z.literal("price"), ...priced, ...course(above) }),
  z.strictObject({ channel: z.literal("volatility"), ...priced, ...course(above) }),
  z.strictObject({ channel: z.literal("oracle"), ...priced, hold: z.boolean().default(true), ...course(above) }),
  z.strictObject({
    channel: z.literal("following-oracle"),
    of: name,
    quotes,
    follows: name,
    deviation: share,
    heartbeatSeconds: count,
    source,
  }),
  z.strictObject({
    channel: z.literal("funding"),
    venue: name,
    symbol: name,
    intervalHours: whole(1, 24),
    ...course(decimal),
  }),
  z.strictObject({
    channel: z.literal("haircut"),
    venue: name,
    asset: name,
    parameter: name,
    ...course(z.string().min(1)),
  }),
  z.strictObject({
    channel: z.literal("depth"),
    venue: name,
    instrument: name,
    price: name,
    over: name.optional(),
    calm: z.strictObject({ halfSpread: share, perPercent: above, source }),
    ...course(above),
  }),
  z.strictObject({ channel: z.literal("gas"), chain: name, ...course(above) }),
  z.strictObject({ channel: z.literal("inclusion"), chain: name, ...course(above) }),
  z.strictObject({ channel: z.literal("chain"), chain: name, ...course(z.enum(["running", "halted"])) }),
  z.strictObject({
    channel: z.literal("venue"),
    venue: name,
    function: z.enum(["orders", "data", "transfers", "withdrawals"]),
    liquidates: z.boolean().optional(),
    cancels: source.optional().describe("who says that orders and stops which lie there are lost when it stops"),
    ...course(z.enum(venueStates)),
  }),
  z.strictObject({
    channel: z.literal("transfer"),
    from: name,
    to: name,
    ...course(
      z.union([z.literal("never"), count.transform((minutes): Ms => ms(minutes * 60_000))], "write minutes, or never"),
    ),
  }),
  z.strictObject({
    channel: z.literal("reserve"),
    venue: name,
    market: name,
    asset: name,
    supplied: above.optional(),
    ...course(reserveFlags),
  }),
  z.strictObject({ channel: z.literal("adl"), venue: name, symbol: name, ...course(share) }),
  z.strictObject({ channel: z.literal("redemption"), venue: name, ...course(z.unknown()) }),
  z.strictObject({ channel: z.literal("loss"), venue: name, ...course(share) }),
  z.strictObject({
    channel: z.literal("rpc"),
    chain: name,
    provider: name,
    ...course(z.enum(["up", "lag", "wrong", "down"])),
  }),
  z.strictObject({ channel: z.literal("alert"), name, ...course(z.enum(["up", "down"])) }),
]);

const gasCap = z.strictObject({ gwei: above, giveUpSeconds: count });

const reserve = z.strictObject({
  holding: name.transform(holdingId),
  asset: name.transform(assetId),
  at: name.transform(venueId),
  free: decimal,
  floor: decimal.default(dec("0")),
  lies: name.optional().describe("where the money really lies, if not where it is needed; default: there"),
});

const guardSet = z.strictObject({
  name,
  /** Guards as the core has them, amounts as decimal text; read by `readGuard`. */
  guards: z.array(z.looseObject({ id: name, trigger: z.looseObject({ when: name }) })),
  reserves: z.array(reserve).default([]),
  gasCap: gasCap.optional().describe("a bad habit to drill: a price of gas, whatever is at stake"),
  must: z.enum(["survive", "die", "misfire"]).optional(),
  of: z.array(name.transform(holdingId)).default([]),
  diesAt: moment.optional().describe("when our machine dies: from then on only what lies at venues protects"),
});

const look = z.discriminatedUnion("at", [
  z.strictObject({
    at: z.literal("exit"),
    when: moment,
    account: name.transform(holdingId),
    debt: name,
    route: z.enum(["wallet", "own-supply", "sell-collateral"]),
    is: z.enum(["open", "shut"]),
    atMost: decimal.optional(),
  }),
  z.strictObject({ at: z.literal("refusal"), guardSet: name, code: name }),
  z.strictObject({
    at: z.literal("fate"),
    guardSet: name,
    account: name.transform(holdingId),
    is: z.enum(["survived", "died", "misfired"]),
    after: moment.optional(),
  }),
  z.strictObject({ at: z.literal("told"), guardSet: name, account: name.transform(holdingId), code: name }),
  z.strictObject({ at: z.literal("danger"), account: name.transform(holdingId), atLeast: z.enum(dangers), by: moment }),
]);

/** A drill as a file states it. */
export const writtenDrill = z.strictObject({
  plimsoll: z.literal("drill/1").describe("kind and version of this file"),
  id: z.string().regex(/^[a-z0-9-]+$/, "write small letters, digits and hyphens"),
  title: name,
  from: moment,
  to: moment,
  sources: z.record(name, name),
  channels: z.array(channel).min(1),
  chains: z
    .array(
      z.strictObject({
        chain: name,
        venues: z.array(name).min(1),
        blockSeconds: whole(1, 600),
        coin: name,
        gas: above,
        source,
      }),
    )
    .default([]),
  largestMove: share
    .default(dec("0.0075"))
    .describe("no price moves further from one look to the next; finer where two prices decide together"),
  latencyMs: count.default(250).describe("from a decision to the exchange's book; assumed"),
  accounts: z.array(z.looseObject({ name, venue: name })).min(1),
  guardSets: z.array(guardSet).min(1),
  shows: z.array(z.strictObject({ says: name, look: look.optional() })).default([]),
});
export type WrittenDrill = z.output<typeof writtenDrill>;
