import type { Guard } from "@plimsoll/core/policy";
import { exact, parseExact } from "@plimsoll/core/units";

/** Fields of a guard that are whole numbers or words even where they look like decimals. */
const isNumber = (field: string): boolean => field.endsWith("Ms") || field === "perDay" || field === "expires";
const words = new Set(["id", "name", "mode", "holding", "account", "asset", "instrument", "quote"]);

const defaults = {
  mode: "armed",
  // A drill looks minutes apart on quiet days, and what was said then still holds: silence is said by its outages, not by age.
  bounds: { confirmMs: 5_000, coolDownMs: 60_000, maxAgeMs: 86_400_000, perDay: 200 },
} as const;

/**
 * A guard as the core has it, from data whose amounts are decimal text: a type of guard that is new to the core needs nothing here.
 * Bounds and mode that are left out are the defaults above; what a guard must satisfy is for `validateGuard`.
 */
export function readGuard(written: Readonly<Record<string, unknown>>): Guard {
  const read = exactly(written, "") as Record<string, unknown>;
  const bounds = { ...defaults.bounds, ...(read["bounds"] as object | undefined) };
  return { name: read["id"], mode: defaults.mode, ...read, bounds } as unknown as Guard;
}

function exactly(value: unknown, field: string): unknown {
  if (Array.isArray(value)) return value.map((each) => exactly(each, field));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, exactly(each, key)]));
  if (typeof value !== "string" || words.has(field)) return value;
  if (isNumber(field)) return Number(value);
  const number = parseExact(value);
  return number.ok ? exact(number.value.digits, number.value.scale) : value;
}
