import { parseExact } from "@plimsoll/core/units";
import type { Reason } from "@plimsoll/server/contract";
import { quoteText, shortName } from "./name.ts";
import { healthText, percentText } from "./number.ts";
import { ageText } from "./time.ts";

/** A fact as a figure where it is one; else as it came. */
const figure = (fact: string, show: (decimal: string) => string) => (parseExact(fact).ok ? show(fact) : fact);
const age = (fact: string) => figure(fact, (ms) => ageText(Number(ms)));
const quote = (key: string) => shortName(quoteText(key));

/** What the reasons that people meet most often say; each names the facts it needs, in their order. */
const phrases: Readonly<Record<string, readonly [facts: readonly string[], say: (...facts: string[]) => string]>> = {
  distance: [
    ["price", "share"],
    (price = "", share = "") => `${quote(price)} is ${figure(share, percentText)} from the line`,
  ],
  "line-crossed": [
    ["line", "health"],
    (line = "", health = "") => `${line} line crossed, health ${figure(health, healthText)}`,
  ],
  health: [["health"], (health = "") => `health ${figure(health, healthText)}, judged as a correlated loop`],
  stale: [
    ["what", "ageMs", "limitMs"],
    (what = "", ageMs = "", limitMs = "") => `${quote(what)} is ${age(ageMs)} old, limit ${age(limitMs)}`,
  ],
  "quote-missing": [["quote"], (key = "") => `no price of ${quote(key)}`],
  "no-debt": [[], () => "no debt"],
};

/** A reason as one line: its own phrase, the sentence it carries, or its code in words with its facts. */
export function reasonText({ code, facts }: Reason): string {
  const { detail, next, ...rest } = facts;
  const sentence = detail ?? phraseOf(code, facts) ?? plainText(code, rest);
  return next === undefined ? sentence : `${sentence}. Next: ${next}`;
}

function phraseOf(code: string, facts: Reason["facts"]): string | undefined {
  const [names, say] = phrases[code] ?? [];
  const values = (names ?? []).map((name) => facts[name]).filter((fact) => fact !== undefined);
  return values.length === names?.length ? say?.(...values) : undefined;
}

function plainText(code: string, facts: Reason["facts"]): string {
  const words = code.replace(/^.*\//, "").replaceAll("-", " ");
  const numbers = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return numbers.length === 0 ? words : `${words}: ${numbers.join(", ")}`;
}
