import { dec, quoteKey } from "@plimsoll/core/units";
import * as z from "zod";
import { quote, fourFifths, sixFifths, half, fiveQuarters, form } from "./trigger-form.ts";
import { duration, positive, share, whole } from "./units.ts";

export const probability = form(
  z.strictObject({
    probabilityAbove: share,
    within: duration.describe("of liquidation within this time"),
    releaseUnder: share.optional(),
  }),
  "{ probabilityAbove: 5%, within: 24h }",
  ({ probabilityAbove: above, within, releaseUnder }) => ({
    ...{ when: "probability", withinMs: within, above, release: releaseUnder ?? fourFifths(above) },
  }),
);
export const distance = form(
  z.strictObject({
    distanceBelow: share.describe("the smallest move of prices that takes the account, as a share"),
    sigmas: positive.optional().describe("or so many sigmas of an hour, the larger; default: 3"),
    urgentBelow: share.optional().describe("default: half"),
    releaseAt: share.optional().describe("default: a fifth more"),
  }),
  "{ distanceBelow: 10% }",
  ({ distanceBelow: at, sigmas = dec("3"), urgentBelow, releaseAt }) => ({
    ...{ when: "distance", below: at, sigmas },
    ...{ urgent: urgentBelow ?? half(at), release: releaseAt ?? sixFifths(at) },
  }),
);
export const leverage = form(
  z.strictObject({
    leverageAbove: positive.describe("gross exposure over equity"),
    releaseUnder: positive.optional().describe("lower end of the band; default: four fifths"),
    urgentAbove: positive.optional().describe("default: a quarter more"),
    relever: z
      .literal(
        "off",
        "no guard raises exposure: its orders only reduce, and a signer signs no other; write off, or leave it out",
      )
      .optional()
      .describe("whether leverage is raised again when it is low; only off"),
  }),
  "{ leverageAbove: 5 }",
  ({ leverageAbove: above, releaseUnder, urgentAbove }) => ({
    ...{ when: "leverage", above, release: releaseUnder ?? fourFifths(above) },
    urgent: urgentAbove ?? fiveQuarters(above),
  }),
);
export const concentration = form(
  z.strictObject({
    shareOfBookAbove: share.describe("of the gross exposure of all accounts"),
    of: quote.optional().describe("one price; default: the whole account"),
    releaseUnder: share.optional(),
  }),
  "{ shareOfBookAbove: 40% }",
  ({ shareOfBookAbove: above, of, releaseUnder }) => ({
    ...{ when: "concentration", above, release: releaseUnder ?? fourFifths(above) },
    ...(of !== undefined && { of: quoteKey(of) }),
  }),
);
export const drawdown = form(
  z.strictObject({
    drawdown: share.describe("how far equity fell from its highest"),
    lockout: duration.describe("how long afterwards what is opened is closed again"),
  }),
  "{ drawdown: 20%, lockout: 24h }",
  ({ drawdown: by, lockout }) => ({ when: "drawdown", by, lockMs: lockout }),
);
export const streak = form(
  z.strictObject({ losses: whole.describe("losses that the venue reported"), within: duration, lockout: duration }),
  "{ losses: 3, within: 24h, lockout: 12h }",
  ({ losses, within, lockout }) => ({ when: "streak", losses, withinMs: within, lockMs: lockout }),
);
