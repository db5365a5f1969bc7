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
  below,
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
    .describe("no cool-down and no confirmation below this; default: two fifths of the way from 1 to healthBelow"),
  releaseAt: positive
    .optional()
    .describe("fires again only after health was here; default: 20 % of the band above healthBelow"),
});
const quote = z
  .string()
  .regex(
    /^[a-z0-9-]+:.+:(mark|index|oracle)$/,
    "not a price: write venue:symbol:kind with kind mark, index or oracle, for example binance:BTCUSDT:mark",
  );
const trigger = z.union(
  [health, z.strictObject({ quote, atOrBelow: positive }), z.strictObject({ quote, atOrAbove: positive })],
  'write { healthBelow: 1.20 }, or a price as venue:symbol:kind with one level: { quote: "binance:BTCUSDT:mark", atOrBelow: 80000 }',
);
const remedy = z.union(
  [
    z.strictObject({ repay: amount }),
    z.strictObject({ supply: amount }),
    z.strictObject({ addMargin: amount }),
    z.strictObject({ reduce: z.string().min(1), slippage: share }),
  ],
  "write one of { repay: 1500 USDC }, { supply: 1 WETH }, { addMargin: 500 USDT }, { reduce: BTCUSDT, slippage: 0.5% }",
);
const target = z.union(
  [z.strictObject({ health: positive }), z.strictObject({ reduce: share })],
  "write { health: 1.45 } or { reduce: 50% }",
);

/** One guard as a person writes it; every number has its unit. */
export const writtenGuard = z.strictObject({
  name: z.string().min(1),
  protects: z.string().min(1).describe("name of an account of this file"),
  unit: z
    .string()
    .min(1)
    .optional()
    .describe("one liquidation unit of that account, as check prints it; default: all of them"),
  when: trigger,
  target,
  do: z.array(remedy).min(1),
  confirm: duration.optional().describe("how long a trigger must hold before it acts above urgent; default: 5s"),
  coolDown: duration.optional().describe("least time between two actions above urgent; default: 60s"),
  maxAge: duration.optional().describe("oldest price and position on which it may act; default: 30s"),
  perDay: whole.optional().describe("most actions in any 24 hours; default: 20"),
  mode: z.enum(["shadow", "armed"]).default("shadow").describe("shadow decides and does not send: it protects nobody"),
});
export type WrittenGuard = z.output<typeof writtenGuard>;

const between = (low: Exact, high: Exact, part: Exact): Exact => add(low, multiply(subtract(high, low), part));

function triggerOf({ when, target: wanted }: WrittenGuard): Guard["trigger"] {
  if ("healthBelow" in when) {
    const { healthBelow: low } = when;
    const top = "health" in wanted && below(low, wanted.health) ? wanted.health : multiply(low, dec("1.1"));
    return {
      when: "health",
      line: "maintenance",
      below: low,
      urgent: when.urgentBelow ?? between(ONE, low, dec("0.4")),
      release: when.releaseAt ?? between(low, top, dec("0.2")),
    };
  }
  const kind = when.quote.split(":").at(-1) as "mark" | "index" | "oracle"; // the schema lets no other pass
  const price = { when: "price", quote: quoteKey(when.quote), kind } as const;
  return "atOrBelow" in when
    ? { ...price, side: "at-or-below", at: when.atOrBelow }
    : { ...price, side: "at-or-above", at: when.atOrAbove };
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

/** The guard as data; where the file is silent the defaults are those that the schema states beside each field. */
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

/** Where a field of a guard is written in a file. */
const written: Readonly<Record<string, readonly string[]>> = {
  id: ["name"],
  "trigger.below": ["when", "healthBelow"],
  "trigger.urgent": ["when", "urgentBelow"],
  "trigger.release": ["when", "releaseAt"],
  "trigger.at": ["when"],
  "target.at": ["target", "health"],
  "target.share": ["target", "reduce"],
  "bounds.confirmMs": ["confirm"],
  "bounds.coolDownMs": ["coolDown"],
  "bounds.maxAgeMs": ["maxAge"],
  "bounds.perDay": ["perDay"],
};
function placeOf(field: string): readonly PropertyKey[] {
  const [, rung] = /^ladder\.(\d+)/.exec(field) ?? [];
  return rung === undefined ? (written[field] ?? []) : ["do", Number(rung)];
}

/** The guards of a file as data, or the first thing wrong with them, at its place in the file. */
export function guardsOf(
  file: SourceFile,
  entries: readonly WrittenGuard[],
  names: readonly string[],
): Result<readonly Guard[], Why> {
  const refuse = (path: readonly PropertyKey[], detail: string, next: string) => {
    const where = file.at(path);
    return fail(why("file-invalid", { where, detail: `${where} ${pathText(path)}: ${detail}`, next }));
  };
  for (const [index, { protects }] of entries.entries()) {
    if (!names.includes(protects))
      return refuse(
        ["guards", index, "protects"],
        `no account is named ${protects}`,
        `write one of: ${names.join(", ")}`,
      );
  }
  const guards = entries.map((guard) => guardOf(guard, holdingId(guard.protects)));
  for (const [index, guard] of guards.entries()) {
    const [problem] = validateGuard(guard);
    if (problem !== undefined)
      return refuse(["guards", index, ...placeOf(problem.field)], `${problem.value} ${problem.wrong}`, problem.next);
  }
  const [between] = validateGuards(guards);
  return between === undefined
    ? ok(guards)
    : refuse(["guards"], `${between.field} ${between.value} ${between.wrong}`, between.next);
}
