import * as z from "zod";
import { contract } from "./registry.ts";
import { Account } from "./account.ts";
import { Alert } from "./alert.ts";
import { Amount, AmountFigure, Danger, Decimal, HouseMode, Mode, Moment, PriceKind, Share } from "./amount.ts";

const otherTriggers = [
  ...(["trailing", "probability", "distance", "leverage", "concentration", "drawdown"] as const),
  ...(["streak", "rates", "peg", "carry", "time", "coupled"] as const),
] as const;

export const GuardTrigger = z
  .discriminatedUnion("when", [
    z.object({ when: z.literal("health"), line: z.string(), below: Decimal, release: Decimal, urgent: Decimal }),
    z.object({
      when: z.literal("price"),
      quote: z.string(),
      kind: PriceKind,
      side: z.enum(["at-or-below", "at-or-above"]),
      at: Decimal,
    }),
    /** The others are told in words, by the guard's `when`. */
    z.object({ when: z.enum(otherTriggers) }),
  ])
  .register(contract, { id: "GuardTrigger" });

export const Guard = z
  .object({
    id: z.string(),
    name: z.string(),
    mode: Mode,
    holding: z.string(),
    account: z.string().optional(),
    trigger: GuardTrigger,
    /** The trigger, the target and each allowed action as sentences. */
    when: z.string(),
    wants: z.string(),
    ladder: z.array(z.string()),
    perDay: z.int(),
    expires: Moment.optional(),
  })
  .register(contract, { id: "Guard" });
export type Guard = z.infer<typeof Guard>;

/** One field in which a guard's looser version lets more happen than the one in force. */
export const Loosening = z
  .object({ field: z.string(), from: z.string(), to: z.string() })
  .register(contract, { id: "Loosening" });

/** A looser version of a guard, or its removal, that is asked for and not in force. */
export const WaitingChange = z
  .object({
    guard: z.string(),
    to: z.enum(["looser", "removed"]),
    loosens: z.array(Loosening),
    /** The earliest time at which it takes force, later while any account is at act or worse; absent: nobody confirmed it. */
    until: Moment.optional(),
  })
  .register(contract, { id: "WaitingChange" });
export type WaitingChange = z.infer<typeof WaitingChange>;

export const ExecutionState = z
  .enum([
    "intended",
    "sent",
    "ambiguous",
    "accepted",
    "partly",
    "done",
    "refused",
    "expired",
    "superseded",
    "abandoned",
  ])
  .register(contract, { id: "ExecutionState" });

/** Something on its way to a venue, not yet settled. */
export const OpenIntent = z
  .object({
    key: z.string(),
    attempt: z.int(),
    account: z.string(),
    action: z.string(),
    state: ExecutionState,
    expires: Moment,
  })
  .register(contract, { id: "OpenIntent" });
export type OpenIntent = z.infer<typeof OpenIntent>;

export const Reserve = z
  .object({ holding: z.string(), venue: z.string(), asset: z.string(), free: AmountFigure, floor: Amount })
  .register(contract, { id: "Reserve" });

/** Sum of the equities that are known, per unit: no exchange rate is invented. `missing` counts accounts it leaves out. */
export const EquityTotal = z.object({ total: Amount, missing: z.int() }).register(contract, { id: "EquityTotal" });

/** Everything about the book that is not one account. */
export const BookHead = z.object({
  at: Moment,
  /** Number of the last input that made this book, as decimal text. */
  seq: z.string().regex(/^\d+$/),
  /** Armed where any guard of it can act. */
  mode: Mode,
  house: HouseMode,
  danger: Danger,
  equity: z.array(EquityTotal),
  /** The account with the shortest way to a boundary. */
  nearest: z.object({ key: z.string(), distance: Share, headroom: Amount.optional() }).optional(),
  /** Accounts by what protects them: with an armed guard, with a guard in shadow only, with none. */
  coverage: z.object({ armed: z.int(), shadow: z.int(), none: z.int() }),
  guards: z.array(Guard),
  waiting: z.array(WaitingChange),
  reserves: z.array(Reserve),
  open: z.array(OpenIntent),
  /** Troubles that are there, or were within the hour, the worst first. */
  alerts: z.array(Alert),
});
export type BookHead = z.infer<typeof BookHead>;

/** The whole book, accounts sorted by danger, worst first. */
export const Book = BookHead.extend({ accounts: z.array(Account) }).register(contract, { id: "Book" });
export type Book = z.infer<typeof Book>;
