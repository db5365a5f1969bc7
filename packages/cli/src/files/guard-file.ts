import { type Guard, type Remedy, validateGuard, validateGuards } from "@plimsoll/core/policy";
import {
  type Result,
  type Why,
  fail,
  holdingId,
  ok,
  why,
  type AccountKey,
  type Exact,
  type HoldingId,
  ONE,
  accountKey,
  add,
  assetId,
  ms,
  multiply,
  quoteKey,
  subtract,
  dec,
} from "@plimsoll/core/units";
import * as z from "zod";
import { type SourceFile, pathText } from "./source-file.ts";
import { amount, duration, positive, share, whole } from "./units.ts";

const health = z.strictObject({
  healthBelow: positive.describe("acts when health of the maintenance line falls below this"),
  urgentBelow: positive
    .optional()
    .describe("no cool-down and no confirmation below this; default: a third of the way from 1 to healthBelow"),
  releaseAt: positive
    .optional()
    .describe("fires again only after health was here; default: 20 % of the band above healthBelow"),
});
const price = z.strictObject({
  quote: z.string().regex(/^[a-z0-9-]+:.+$/, "not a quote: write venue:symbol:kind, for example binance:BTCUSDT:mark"),
  atOrBelow: positive.optional(),
  atOrAbove: positive.optional(),
});
const remedy = z.union([
  z.strictObject({ repay: amount }),
  z.strictObject({ supply: amount }),
  z.strictObject({ addMargin: amount }),
  z.strictObject({ reduce: z.string().min(1), slippage: share }),
]);

/** One guard as a person writes it; every number has its unit. */
export const writtenGuard = z.strictObject({
  name: z.string().min(1),
  protects: z.string().min(1).describe("name of an account of this file"),
  unit: z
    .string()
    .min(1)
    .optional()
    .describe("one liquidation unit of that account, as check prints it; default: all of them"),
  when: z.union([health, price]),
  target: z.union([z.strictObject({ health: positive }), z.strictObject({ reduce: share })]),
  do: z.array(remedy).min(1),
  confirm: duration.optional(),
  coolDown: duration.optional(),
  maxAge: duration.optional(),
  perDay: whole.optional(),
  mode: z.enum(["shadow", "armed"]).default("shadow").describe("shadow decides and does not send: it protects nobody"),
});
export type WrittenGuard = z.output<typeof writtenGuard>;

const between = (low: Exact, high: Exact, part: Exact): Exact => add(low, multiply(subtract(high, low), part));

function triggerOf({ when, target }: WrittenGuard): Guard["trigger"] {
  if ("healthBelow" in when) {
    const { healthBelow: below } = when;
    const top = "health" in target ? target.health : multiply(below, dec("1.1"));
    const urgent = when.urgentBelow ?? between(ONE, below, dec("0.4"));
    return {
      when: "health",
      line: "maintenance",
      below,
      urgent,
      release: when.releaseAt ?? between(below, top, dec("0.2")),
    };
  }
  const side = when.atOrBelow === undefined ? "at-or-above" : "at-or-below";
  const kind = when.quote.endsWith(":oracle") ? "oracle" : when.quote.endsWith(":index") ? "index" : "mark";
  return { when: "price", quote: quoteKey(when.quote), kind, side, at: when.atOrBelow ?? when.atOrAbove ?? ONE };
}

function remedyOf(written: WrittenGuard["do"][number]): Remedy {
  if ("reduce" in written) return { use: "reduce", instrument: written.reduce, slippage: written.slippage };
  if ("repay" in written) return { use: "repay", asset: assetId(written.repay.asset), most: written.repay.amount };
  if ("supply" in written) return { use: "supply", asset: assetId(written.supply.asset), most: written.supply.amount };
  return { use: "add-margin", asset: assetId(written.addMargin.asset), most: written.addMargin.amount };
}

/** One word from a name. */
const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "") || "guard";

/** The guard as data, with the defaults of docs/glossary.md where the file is silent. */
function guardOf(written: WrittenGuard, holding: HoldingId): Guard {
  const account: AccountKey | undefined = written.unit === undefined ? undefined : accountKey(written.unit);
  return {
    id: slug(written.name),
    name: written.name,
    scope: { holding, ...(account !== undefined && { account }) },
    trigger: triggerOf(written),
    target:
      "health" in written.target
        ? { want: "health", at: written.target.health }
        : { want: "reduce", share: written.target.reduce },
    ladder: written.do.map(remedyOf),
    bounds: {
      confirmMs: written.confirm ?? ms(5_000),
      coolDownMs: written.coolDown ?? ms(60_000),
      maxAgeMs: written.maxAge ?? ms(30_000),
      perDay: written.perDay ?? 20,
    },
    mode: written.mode,
  };
}

/** The guards of a file as data, or the first thing wrong with them, at its place in the file. */
export function guardsOf(
  file: SourceFile,
  written: readonly WrittenGuard[],
  names: readonly string[],
): Result<readonly Guard[], Why> {
  const refuse = (path: readonly PropertyKey[], detail: string, next: string) => {
    const where = file.at(path);
    return fail(why("file-invalid", { where, detail: `${where} ${pathText(path)}: ${detail}`, next }));
  };
  for (const [index, { protects }] of written.entries()) {
    if (!names.includes(protects))
      return refuse(
        ["guards", index, "protects"],
        `no account is named ${protects}`,
        `write one of: ${names.join(", ")}`,
      );
  }
  const guards = written.map((guard) => guardOf(guard, holdingId(guard.protects)));
  for (const [index, guard] of guards.entries()) {
    const [problem] = validateGuard(guard);
    if (problem !== undefined)
      return refuse(["guards", index], `${problem.field} ${problem.value} ${problem.wrong}`, problem.next);
  }
  const [between] = validateGuards(guards);
  return between === undefined
    ? ok(guards)
    : refuse(["guards"], `${between.field} ${between.value} ${between.wrong}`, between.next);
}
