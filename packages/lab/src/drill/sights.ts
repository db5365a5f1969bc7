import { dangers } from "@plimsoll/core/risk";
import type { Repayable } from "@plimsoll/core/margin";
import { type Ms, compare, isZero, text } from "@plimsoll/core/units";
import type { Drill, Shows } from "./drill.ts";
import type { AccountResult, SetResult, Shown } from "./drill-result.ts";
import type { World } from "./world.ts";

type Exit = Extract<NonNullable<Shows["look"]>, { readonly at: "exit" }>;

/** What is seen while nothing is done: the exits that are open at the moments a drill asks about. */
export class Sights {
  readonly #exits: readonly Exit[];
  readonly #seen = new Map<Exit, Repayable | undefined>();

  constructor({ shows }: Pick<Drill, "shows">) {
    this.#exits = shows.flatMap(({ look }) => (look?.at === "exit" ? [look] : []));
  }

  look(world: World, at: Ms): void {
    for (const exit of this.#exits) {
      if (this.#seen.has(exit) || at < exit.when) continue;
      const rows = world.repayable(exit.account, at);
      this.#seen.set(
        exit,
        rows.find(({ debt, route }) => debt === exit.debt && route === exit.route),
      );
    }
  }

  exit(exit: Exit): Repayable | undefined {
    return this.#seen.get(exit);
  }
}

/** What a drill promised to show, and whether it was there. */
export function showsOf({ shows }: Pick<Drill, "shows">, sets: readonly SetResult[], sights: Sights): readonly Shown[] {
  return shows.map(({ says, look }) => {
    if (look === undefined) return { says, is: "told" };
    const figure = figureOf(look, sets, sights);
    return { says, is: figure === undefined ? "not-seen" : "seen", ...(figure !== undefined && { figure }) };
  });
}

/** What was seen, in words; undefined where it was not there. */
function figureOf(look: NonNullable<Shows["look"]>, sets: readonly SetResult[], sights: Sights): string | undefined {
  switch (look.at) {
    case "exit":
      return exitOf(look, sights.exit(look));
    case "refusal": {
      const actions = sets
        .find(({ guardSet }) => guardSet === look.guardSet)
        ?.accounts.flatMap(({ actions: all }) => all);
      const refused = actions?.find(({ why }) => why?.code === look.code);
      return refused && `${refused.what}: ${factsText(refused.why!.facts)}`;
    }
    case "fate": {
      const accounts = sets.find(({ guardSet }) => guardSet === look.guardSet)?.accounts;
      const found = accounts?.find(({ account, fate }) => account === look.account && fate === look.is);
      const late = found?.at === undefined || look.after === undefined || found.at >= look.after;
      return found === undefined || !late ? undefined : fateText(found);
    }
    case "told": {
      const set = sets.find(({ guardSet }) => guardSet === look.guardSet);
      const told = set?.told.find(({ account, code }) => account === look.account && code === look.code);
      return told && factsText(told.facts);
    }
    case "danger": {
      const least = dangers.indexOf(look.atLeast);
      const told = sets[0]?.told.find(
        ({ account, danger, at }) => account === look.account && dangers.indexOf(danger) >= least && at <= look.by,
      );
      return told && `${told.danger} at ${new Date(told.at).toISOString().slice(0, 16)}`;
    }
  }
}

const fateText = ({ account, fate, at, how = "" }: AccountResult): string =>
  [account, fate, at === undefined ? "" : new Date(at).toISOString().slice(0, 16), how]
    .filter((word) => word !== "")
    .join(" ");

const factsText = (facts: Readonly<Record<string, string>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");

function exitOf({ is, atMost }: Exit, row: Repayable | undefined): string | undefined {
  if (row === undefined || row.most.is === "unknown" || row.most.is === "stale") return undefined;
  const open = row.most.is === "known" && !isZero(row.most.value);
  if (open !== (is === "open")) return undefined;
  if (row.most.is !== "known") return `${row.most.why.code}: ${row.limit}`;
  if (atMost !== undefined && compare(row.most.value, atMost) > 0) return undefined;
  return `${text(row.most.value)} ${row.debt}, limited by ${row.limit}`;
}
