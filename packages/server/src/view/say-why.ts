import type { Why } from "@plimsoll/core/units";
import { reasonText } from "@plimsoll/server/display";

/** A failure as a person reads it: what was refused with its place, and what to do next. */
export function sayWhy({ code, facts }: Why): { readonly detail: string; readonly next?: string } {
  const { next, where, ...rest } = facts;
  const said = reasonText({ code, facts: rest });
  const detail = where === undefined || said.startsWith(where) ? said : `${where} ${said}`;
  return { detail, ...(next !== undefined && next !== "" && { next }) };
}
