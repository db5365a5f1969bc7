import { type Guard, severities, validateGuard, validateGuards } from "@plimsoll/core/policy";
import { type Result, type Why, accountKey, dec, fail, holdingId, ms, ok, quoteKey, why } from "@plimsoll/core/units";
import * as z from "zod";
import { remedyOf, stopOf, targetOf, writtenRemedy, writtenStop, writtenTarget } from "./guard-remedy.ts";
import { writtenTrigger } from "./guard-trigger.ts";
import { type SourceFile, pathText } from "./source-file.ts";
import { quote } from "./trigger-form.ts";
import { duration, moment, whole } from "./units.ts";

const does = z.array(writtenRemedy).min(1);
const rung = z.strictObject({
  severity: z
    .enum(severities)
    .describe("observe says it, tighten lets the others wait for nothing, panic waits for nothing itself"),
  when: writtenTrigger,
  target: writtenTarget.optional().describe("of reduce; exit and panic close everything"),
  do: does.optional().describe("default: what the guard says"),
});

/** One guard as a person writes it; every number has its unit. */
export const writtenGuard = z
  .strictObject({
    name: z.string().min(1),
    protects: z.string().min(1).describe("name of an account of this file"),
    unit: z
      .string()
      .min(1)
      .optional()
      .describe("one liquidation unit of that account, as check prints it; default: all of them"),
    when: writtenTrigger.optional(),
    target: writtenTarget.optional(),
    do: does.optional(),
    ladder: z.array(rung).min(1).optional().describe("instead of when and target: rungs from mild to severe"),
    choose: z.enum(["cheapest", "as-written"]).optional().describe("which remedy; default: the cheapest mix"),
    stops: z.array(writtenStop).min(1).optional().describe("stops that lie at the venue as long as the guard is armed"),
    estimates: z
      .array(z.strictObject({ of: quote, by: quote }))
      .min(1)
      .optional()
      .describe("an off-chain price that says what an on-chain price will be when it is reported next"),
    confirm: duration.optional().describe("how long a trigger must hold before it acts above urgent; default: 5s"),
    coolDown: duration.optional().describe("least time between two actions above urgent; default: 60s"),
    maxAge: duration.optional().describe("oldest price and position on which it may act; default: 30s"),
    perDay: whole.optional().describe("most actions in any 24 hours; default: 20"),
    blind: z
      .enum(["hold", "act"])
      .optional()
      .describe("while the venue is silent: hold, or act at the worst of other venues' prices; default: hold"),
    horizon: duration
      .optional()
      .describe("how long what it puts or opens is thought to stay, so that carry and funding count; default: 30d"),
    expires: moment.optional().describe("from then on the guard does nothing and says so"),
    mode: z
      .enum(["shadow", "armed"])
      .default("shadow")
      .describe("shadow decides and does not send: it protects nobody"),
    confirmed: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "not the hash of a version: plimsoll guard writes it")
      .optional()
      .describe("hash of this version where it loosens the one before and a person confirmed that"),
  })
  .refine(
    ({ when, target, ladder }) =>
      ladder === undefined
        ? when !== undefined && (target !== undefined || when.usualTarget !== undefined)
        : when === undefined && target === undefined,
    "write when and target, or a ladder of rungs instead of both",
  );
export type WrittenGuard = z.output<typeof writtenGuard>;

/** One word from a name. */
export const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "") || "guard";

/** What a written guard says beside its trigger, target and remedies; where it is silent the schema's stated defaults hold. */
function frameOf(written: WrittenGuard): Omit<Guard, "trigger" | "target" | "ladder"> {
  const { name, protects, unit, choose, stops, estimates, expires, mode } = written;
  return {
    id: slug(name),
    name,
    scope: { holding: holdingId(protects), ...(unit !== undefined && { account: accountKey(unit) }) },
    ...(choose && { choose }),
    ...(stops && { stops: stops.map(stopOf) }),
    ...(estimates && { estimates: estimates.map(({ of, by }) => ({ of: quoteKey(of), by: quoteKey(by) })) }),
    bounds: {
      confirmMs: written.confirm ?? ms(5_000),
      coolDownMs: written.coolDown ?? ms(60_000),
      maxAgeMs: written.maxAge ?? ms(30_000),
      perDay: written.perDay ?? 20,
      ...(expires !== undefined && { expires }),
      ...(written.blind && { blind: written.blind }),
      ...(written.horizon !== undefined && { horizonMs: written.horizon }),
    },
    mode,
  };
}

/** A guard as data, and where in the file it stands. */
interface Placed {
  readonly guard: Guard;
  readonly path: readonly PropertyKey[];
}

function guardOf(written: WrittenGuard, path: readonly PropertyKey[]): readonly Placed[] {
  const frame = frameOf(written);
  if (written.ladder !== undefined) return written.ladder.map((_, place) => rungOf(frame, written, place, path));
  const target = targetOf(written.target ?? { health: written.when!.usualTarget! });
  const trigger = written.when!.of(target.want === "health" ? target.at : undefined);
  return [{ guard: { ...frame, trigger, target, ladder: (written.do ?? []).map(remedyOf) }, path }];
}

/** A rung is a guard of its own, named for what it does; to observe and to tighten take no action. */
function rungOf(
  frame: ReturnType<typeof frameOf>,
  written: WrittenGuard,
  place: number,
  path: readonly PropertyKey[],
): Placed {
  const { severity, when, target: own, do: remedies = written.do ?? [] } = written.ladder![place]!;
  const isMild = severity === "observe" || severity === "tighten";
  const wants = {
    observe: { want: "notice" },
    tighten: { want: "tighten" },
    reduce: own === undefined ? { want: "reduce", share: dec("0.5") } : targetOf(own),
    exit: { want: "reduce", share: dec("1") },
    panic: { want: "reduce", share: dec("1") },
  } as const satisfies Record<typeof severity, Guard["target"]>;
  const target = wants[severity];
  const trigger = when.of(target.want === "health" ? target.at : undefined);
  const guard: Guard = {
    ...{ ...frame, id: `${frame.id}-${severity}`, name: `${frame.name}: ${severity}` },
    ...{ trigger, target, ladder: isMild ? [] : remedies.map(remedyOf), rung: { of: frame.id, severity } },
  };
  return { guard, path: [...path, "ladder", place] };
}

/** Where a field of a guard is written in a file. */
const written: Readonly<Record<string, readonly string[]>> = {
  id: ["name"],
  "target.at": ["target", "health"],
  "target.share": ["target", "reduce"],
  "bounds.confirmMs": ["confirm"],
  "bounds.coolDownMs": ["coolDown"],
  "bounds.maxAgeMs": ["maxAge"],
  "bounds.perDay": ["perDay"],
  "bounds.expires": ["expires"],
  "bounds.horizonMs": ["horizon"],
};
const ofHealth: Readonly<Record<string, string>> = {
  below: "healthBelow",
  urgent: "urgentBelow",
  release: "releaseAt",
};

function placeOf(field: string, isHealth: boolean): readonly PropertyKey[] {
  const [, list, place] = /^(ladder|stops|estimates)\.(\d+)/.exec(field) ?? [];
  if (list !== undefined) return [list === "ladder" ? "do" : list, Number(place)];
  const [, ofTrigger = ""] = /^trigger\.(\w+)/.exec(field) ?? [];
  if (ofTrigger === "") return written[field] ?? [];
  return isHealth && ofTrigger in ofHealth ? ["when", ofHealth[ofTrigger]!] : ["when"];
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
  for (const [index, entry] of entries.entries())
    for (const { path, name } of namedBy(entry))
      if (!names.includes(name))
        return refuse(["guards", index, ...path], `no account is named ${name}`, `write one of: ${names.join(", ")}`);
  const placed = entries.flatMap((entry, index) => guardOf(entry, ["guards", index]));
  for (const { guard, path } of placed) {
    const [problem] = validateGuard(guard);
    if (problem === undefined) continue;
    const place = placeOf(problem.field, guard.trigger.when === "health");
    return refuse([...path, ...place], `${problem.value} ${problem.wrong}`, problem.next);
  }
  const guards = placed.map(({ guard }) => guard);
  const [between] = validateGuards(guards);
  return between === undefined
    ? ok(guards)
    : refuse(["guards"], `${between.field} ${between.value} ${between.wrong}`, between.next);
}

/** The accounts that a guard names, and where. */
function namedBy({ protects, when, do: remedies = [] }: WrittenGuard) {
  const legs = (when?.legs ?? []).map(({ path, name }) => ({ path: ["when", ...path], name }));
  const hedges = remedies.flatMap((remedy, place) =>
    "hedge" in remedy ? [{ path: ["do", place, "with"], name: remedy.with }] : [],
  );
  return [{ path: ["protects"], name: protects }, ...legs, ...hedges];
}
