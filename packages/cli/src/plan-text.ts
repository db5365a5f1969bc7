import type { CostPart, Plan, Slices } from "@plimsoll/core/planner";
import { type Exact, type Figure, brief, text, trim } from "@plimsoll/core/units";
import { grouped, reasonText } from "@plimsoll/server/display";
import { sayAction } from "@plimsoll/server/view";
import type { AccountPlan } from "./make-plans.ts";

const amount = (value: Exact): string => grouped(text(trim(value)));

/** A plan as a person decides on it: what would be done, what it costs, what it leads to, what else there is. */
export function planText({ account, asked, plan, shortfalls }: AccountPlan): string {
  const lines = [`${account} (${asked})`];
  for (const why of shortfalls) lines.push(`  not reached: ${reasonText(why)}`, ...nextOf(why.facts["next"]));
  if (plan === undefined) return [...lines, "  nothing to do, or nothing that can be done"].join("\n");
  lines.push(...plan.steps.map(({ action, slices }, at) => `  ${at + 1}. ${sayAction(action)}${slicesText(slices)}`));
  lines.push(`  costs ${amount(plan.cost)}${partsText(plan.costParts)}; doing nothing: ${figureOf(plan.doNothing)}`);
  lines.push(`  ${healthsText(plan, account)}`);
  lines.push(
    plan.realisesSale.length === 0
      ? "  realises no sale"
      : `  realises a sale: ${plan.realisesSale.map(({ instrument, size }) => `${amount(size)} ${instrument}`).join(", ")}`,
  );
  if (plan.gap.digits > 0n) lines.push(`  a cheaper plan might exist, by at most ${amount(plan.gap)}`);
  for (const assumed of plan.assumes ?? []) lines.push(`  taken for granted: ${reasonText(assumed)}`);
  for (const { what, why, cost } of plan.alternatives)
    lines.push(`  not chosen: ${what}${cost === undefined ? "" : `, costs ${amount(cost)}`}: ${why}`);
  return [...lines, `  plan ${plan.hash}`].join("\n");
}

/** The book does not take it at once. */
function slicesText(slices: Slices | undefined): string {
  if (slices === undefined) return "";
  const { count, overMs, atRisk } = slices;
  const risk =
    atRisk === undefined ? "what a move takes meanwhile is unknown" : `a usual move takes ${brief(atRisk)} meanwhile`;
  return `, in ${count} slices over ${overMs / 1000} s: ${risk}`;
}

const nextOf = (next: string | undefined): readonly string[] => (next === undefined ? [] : [`    Next: ${next}`]);

const partsText = (parts: readonly CostPart[]): string =>
  parts.length === 0
    ? ""
    : ` (${parts.map(({ of, amount: much, is, because }) => `${of} ${is === "not-counted" ? (because ?? "not counted") : `${is === "at-most" ? "at most " : ""}${amount(much)}`}`).join(", ")})`;

const figureOf = (figure: Figure<Exact>): string =>
  figure.is === "known" ? `${amount(figure.value)} lost at the line` : `unknown, ${reasonText(figure.why)}`;

/** Health of the line that takes the account, before and after. */
function healthsText({ before, after }: Plan, account: AccountPlan["account"]): string {
  const healthIn = (lines: Plan["before"]) =>
    lines.find((each) => each.account === account)?.lines.find(({ name }) => name === "maintenance")?.health;
  const [then, now] = [healthIn(before), healthIn(after)];
  return `health ${then === undefined ? "none" : brief(then)} to ${now === undefined ? "nothing to liquidate" : brief(now)}`;
}
