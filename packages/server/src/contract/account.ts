import * as z from "zod";
import { contract } from "./registry.ts";
import { ComingChange } from "./coming.ts";
import { Cover } from "./cover.ts";
import { Amount, AmountFigure, Danger, Decimal, Moment, PriceKind, Reason, Share } from "./amount.ts";

/** A price at which a line is reached, with the price now; `move` is signed: "-0.37" is a fall of 37 %. */
export const PricePoint = z
  .object({ quote: z.string(), kind: PriceKind, now: Decimal, price: Decimal, move: Share })
  .register(contract, { id: "PricePoint" });
export type PricePoint = z.infer<typeof PricePoint>;

/** A move of several prices at once that reaches a line: "-0.42" is a common fall of 42 %; where each stands at its end. */
export const CommonMove = z
  .object({ points: z.array(PricePoint), move: Share })
  .register(contract, { id: "CommonMove" });
export type CommonMove = z.infer<typeof CommonMove>;

const together = { together: CommonMove.optional() };

/**
 * Where prices take the account. Exactly one of six states; never 0 and never a bare dash. The nearest comes first: the one
 * whose move is smallest for how far such a price moves. `together` stands where a common move is nearer than any price alone.
 */
export const Liquidation = z
  .discriminatedUnion("is", [
    z.object({ is: z.literal("price"), nearest: PricePoint, others: z.array(PricePoint), ...together }),
    z.object({ is: z.literal("both"), down: PricePoint, up: PricePoint, others: z.array(PricePoint), ...together }),
    z.object({ is: z.literal("together"), together: CommonMove }),
    z.object({ is: z.literal("none"), why: Reason }),
    z.object({ is: z.literal("already-below"), why: Reason }),
    z.object({ is: z.literal("unknown"), why: Reason }),
  ])
  .register(contract, { id: "Liquidation" });
export type Liquidation = z.infer<typeof Liquidation>;

export const Health = z
  .discriminatedUnion("is", [
    z.object({ is: z.literal("value"), value: Decimal }),
    z.object({ is: z.literal("no-debt") }),
    z.object({ is: z.literal("unknown"), why: Reason }),
  ])
  .register(contract, { id: "Health", description: "1 where the venue liquidates; comparable within a venue only" });
export type Health = z.infer<typeof Health>;

/** One level at which something happens. */
export const AccountLine = z
  .object({
    name: z.enum(["initial", "borrow", "warn", "maintenance", "backstop", "bankruptcy"]),
    required: Amount,
    surplus: Amount,
    health: Decimal,
    crossed: z.boolean(),
    meaning: z.string(),
  })
  .register(contract, { id: "AccountLine" });
export type AccountLine = z.infer<typeof AccountLine>;

/** What would act for this account now: an armed guard, one in shadow (which protects nobody), or nothing. */
export const Coverage = z.enum(["armed", "shadow", "none"]).register(contract, { id: "Coverage" });
export type Coverage = z.infer<typeof Coverage>;

export const Account = z
  .object({
    /** Unique in the book: holding and account. */
    key: z.string(),
    holding: z.string(),
    account: z.string(),
    venue: z.string(),
    rules: z.string(),
    danger: Danger,
    because: Reason,
    /** When the venue said so; the age is the book's time less this. */
    asOf: Moment,
    /** Rests on something older than its limit, or on nothing: shown as last known, never relied on. */
    stale: z.boolean(),
    equity: AmountFigure,
    health: Health,
    /** Share of what the account has that its maintenance line needs; 1 at the line, "1" or more beyond it. */
    used: Share.optional(),
    /** Money between the account and its maintenance line. */
    headroom: Amount.optional(),
    liquidation: Liquidation,
    /** Size of the nearest move that reaches a boundary; absent when none exists. */
    distance: Share.optional(),
    lines: z.array(AccountLine),
    coverage: Coverage,
    guards: z.array(z.string()),
    /**
     * What protects each of its positions if the machine dies now. Absent where nobody was asked; empty where there is nothing that can
     * be liquidated, or where nothing is known.
     */
    covers: z.array(Cover).optional(),
    /** Changes of its rules that are known to be coming, in the order of time; absent where none is. */
    coming: z.array(ComingChange).optional(),
  })
  .register(contract, { id: "Account" });
export type Account = z.infer<typeof Account>;
