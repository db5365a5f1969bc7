import * as z from "zod";
import { contract } from "./registry.ts";
import { Decimal, HouseMode, Mode, Moment, Reason } from "./amount.ts";
import { Guard } from "./book.ts";
import { AccountPlan } from "./plan.ts";

/** One entry of the host's list of guards: one guard, or the rungs of its ladder, and the hash of all that it says. */
export const GuardEntry = z
  .object({ id: z.string(), hash: z.string(), guards: z.array(Guard) })
  .register(contract, { id: "GuardEntry" });
export type GuardEntry = z.infer<typeof GuardEntry>;

/** One moment of a rehearsal: it fires, says something, is ready again, or does not know. */
export const RehearsalMoment = z
  .object({
    at: Moment,
    note: z.string(),
    account: z.string(),
    what: z.enum(["met", "fires", "says", "releases", "over", "blind"]),
    value: Decimal.optional(),
    because: z.string(),
    proposes: z.array(z.string()),
  })
  .register(contract, { id: "RehearsalMoment" });

export const Rehearsal = z
  .object({ guard: z.string(), steps: z.int(), fires: z.int(), moments: z.array(RehearsalMoment) })
  .register(contract, { id: "Rehearsal" });
export type Rehearsal = z.infer<typeof Rehearsal>;

/** What became of a book in a history of prices. */
const Lived = z
  .object({
    survived: z.boolean(),
    liquidations: z.array(z.object({ at: Moment, holding: z.string(), account: z.string(), what: z.string() })),
    actions: z.array(
      z.object({
        at: Moment,
        account: z.string(),
        action: z.string(),
        because: z.string(),
        refused: Reason.optional(),
      }),
    ),
    lowestHealth: Decimal.optional(),
  })
  .register(contract, { id: "Lived" });
export type Lived = z.infer<typeof Lived>;

/** A history of the book's prices without the guard and with it armed; stops that lie at a venue do not fire in it. */
const Relived = z
  .object({
    /** What the history is, and from when to when. */
    of: z.string(),
    from: Moment,
    to: Moment,
    /** Its moves from today's prices, instead of the prices themselves. */
    scaled: z.boolean(),
    /** Quotes that stood still in it. */
    still: z.array(z.string()),
    without: Lived,
    armed: Lived,
  })
  .register(contract, { id: "Relived" });
export type Relived = z.infer<typeof Relived>;

/** What arming or disarming would change, do and place; `hash` confirms exactly this. */
export const Arming = z
  .object({
    id: z.string(),
    from: Mode,
    to: Mode,
    loosens: z.array(z.object({ guard: z.string(), field: z.string(), from: z.string(), to: z.string() })),
    /** Of arming: what it would have done over what was recorded of this book; absent where nothing was. */
    relived: Relived.optional(),
    /** Of arming without a history: over a built-in path of prices. */
    rehearsals: z.array(Rehearsal),
    /** Orders that are placed and cancelled at venues once it is armed. */
    places: z.array(
      z.object({
        holding: z.string(),
        account: z.string(),
        venue: z.string(),
        action: z.string(),
        because: z.string(),
      }),
    ),
    /** Its stops that cannot be placed now, and why. */
    cannotPlace: z.array(Reason),
    /** What it would do at this moment if its trigger were met. */
    now: z.array(AccountPlan),
    hash: z.string(),
  })
  .register(contract, { id: "Arming" });
export type Arming = z.infer<typeof Arming>;

/** Something that was done and is durable. */
export const Done = z.object({ done: z.string() }).register(contract, { id: "Done" });
export type Done = z.infer<typeof Done>;

export const House = z.object({ mode: HouseMode }).register(contract, { id: "House" });
export type House = z.infer<typeof House>;

export const PanicReport = z
  .object({
    /** False: this is what would be done, and nothing was sent. */
    sent: z.boolean(),
    /** It still sends; what is left is read when it has ended. */
    running: z.boolean(),
    /** Whether nothing is left that a venue can take. */
    flat: z.boolean(),
    steps: z.array(z.object({ holding: z.string(), is: z.string(), text: z.string() })),
    left: z.array(z.object({ holding: z.string(), account: z.string().optional(), why: Reason })),
  })
  .register(contract, { id: "PanicReport" });
export type PanicReport = z.infer<typeof PanicReport>;

// What is sent to us. These have no name of their own in the document: names are of what is answered.

/** A guard as it stands in a config file's list, as YAML or JSON text: so no figure of it passes through a float. */
export const WrittenGuard = z.strictObject({ written: z.string().min(1).max(60_000) });

const hash = z.string().regex(/^[0-9a-f]{12,64}$/, "a hash, or at least 12 digits of its beginning");
/** `confirm` is the hash of the preview that a person looked at. */
export const GuardModeChange = z.strictObject({ mode: z.enum(["shadow", "armed"]), confirm: hash });

/** Plans of all guards, of one, or for one account to reach a health. */
export const PlanWish = z.union([
  z.strictObject({ account: z.string().min(1), health: z.string().regex(/^\d{1,6}(\.\d{1,18})?$/) }),
  z.strictObject({ guard: z.string().min(1).optional() }),
]);
export type PlanWish = z.infer<typeof PlanWish>;

export const ModeChange = z.strictObject({ mode: z.enum(["shadow", "armed", "reduce-only", "halted"]) });
export type ModeChange = z.infer<typeof ModeChange>;

/** Which accounts, default all; how far from the price the first pass goes, default what the config says. */
const reach = {
  accounts: z.array(z.string().min(1)).min(1).max(100).optional(),
  slippage: z
    .string()
    .regex(/^\d{1,2}(\.\d{1,6})?%$/, "a share of the price, for example 1%")
    .optional(),
};
/** To do it the word must be said; without it nothing is sent. */
export const PanicOrder = z.union([
  z.strictObject({ confirm: z.literal("panic"), ...reach }),
  z.strictObject({ rehearse: z.literal(true), ...reach }),
]);
export type PanicOrder = z.infer<typeof PanicOrder>;
