import type { Explain } from "@plimsoll/core/margin";
import type { AccountView } from "@plimsoll/core/turn";

/** The work behind an account's figures as an indented tree, one line a figure. */
export function explainText({ account, assessment }: AccountView): string {
  if (assessment === undefined) return `\n${account}: nothing to explain, the account could not be assessed`;
  return `\n${account}\n${lines(assessment.explain, 1).join("\n")}`;
}

function lines({ name, value, formula, source, parts }: Explain, depth: number): readonly string[] {
  const how = [formula, source === undefined ? undefined : `[${source}]`]
    .filter((text) => text !== undefined)
    .join("  ");
  const own = `${"  ".repeat(depth)}${name}: ${value}${how === "" ? "" : `    ${how}`}`;
  return [own, ...(parts ?? []).flatMap((part) => lines(part, depth + 1))];
}
