import { parseExact } from "@plimsoll/core/units";
import type { Reason } from "@plimsoll/server/contract";
import { listText, priceName } from "./name.ts";
import { healthText, levelText, percentText } from "./number.ts";
import { ageText, momentText } from "./time.ts";

/** A fact as a figure where it is one; else as it came. */
const figure = (fact: string, show: (decimal: string) => string) => (parseExact(fact).ok ? show(fact) : fact);
const age = (fact: string) => figure(fact, (ms) => ageText(Number(ms)));
const share = (fact: string) => figure(fact, (decimal) => percentText(decimal, 2));
const level = (fact: string) => figure(fact, levelText);
const health = (fact: string) => figure(fact, healthText);
/** A price by its key, or families of prices: "btc+eth" is a common move of BTC and ETH. */
const mover = (what: string) => {
  if (what.includes(":")) return priceName(what);
  const [first = "", ...others] = what.toUpperCase().split("+");
  return others.length === 0 ? `all prices of ${first} together` : `${listText([first, ...others])} together`;
};

/** What the reasons that people meet most often say; each names the facts it needs, in their order. */
const phrases: Readonly<Record<string, readonly [facts: readonly string[], say: (...facts: string[]) => string]>> = {
  distance: [
    ["way", "price", "share", "watch", "act", "danger"],
    (way = "", price = "", size = "", watch = "", act = "", danger = "") =>
      `a ${way} of ${mover(price)} by ${share(size)} takes it; watch at ${level(watch)}, act at ${level(act)}, danger at ${level(danger)}`,
  ],
  "line-crossed": [
    ["line", "health"],
    (line = "", value = "") => `the ${line} line is crossed: health ${health(value)}, the venue acts below 1`,
  ],
  health: [
    ["health", "watch", "act", "danger"],
    (value = "", watch = "", act = "", danger = "") =>
      `health ${health(value)} of a loop of related coins; watch below ${watch}, act below ${act}, danger below ${danger}`,
  ],
  "rules-change": [
    ["on", "what", "now", "then", "source"],
    (on = "", what = "", now = "", then = "", source = "") =>
      `on ${momentText({ iso: new Date(Number(on)).toISOString() })} ${what}: the account goes from ${now} to ${then} (${source})`,
  ],
  "rules-change-unread": [["what"], (what = "") => `something is queued that cannot be read: ${what}`],
  stale: [
    ["what", "ageMs", "limitMs"],
    (what = "", ageMs = "", limitMs = "") => `${priceName(what)} is ${age(ageMs)} old, limit ${age(limitMs)}`,
  ],
  "quote-missing": [["quote"], (key = "") => `no price of ${priceName(key)}`],
  "nothing-to-liquidate": [[], () => "no debt and no position: nothing can be liquidated"],
  "no-price-reaches-the-line": [[], () => "no fall or rise of its prices reaches the line"],
  "no-debt": [[], () => "no debt"],
  "margin/no-worst-rates": [["venue"], (venue = "") => `no bound of the rates of ${venue} is known here`],
  "cover/needs-this-machine": [["guard"], (guard = "") => `guard ${guard} acts only while this program runs`],
  "cover/shadow-protects-nobody": [["guard"], (guard = "") => `guard ${guard} in shadow protects nobody`],
  "cover/no-stop": [["instrument"], (instrument = "") => `no stop of ${instrument} lies at the venue`],
  "store/folder-in-use": [
    ["folder", "pid"],
    (folder = "", pid = "") => `the data folder ${folder} is in use by process ${pid}`,
  ],
  "store/folder-not-writable": [
    ["folder", "detail"],
    (folder = "", detail = "") => `the data folder ${folder} cannot be written: ${detail}`,
  ],
  "chain/wrong-chain": [
    ["configured", "answered"],
    (configured = "", answered = "") => `the node is on chain ${answered}, chain ${configured} was expected`,
  ],
};

/** A reason as one line: its code's own phrase, the sentence it carries, or its code in words with its facts. */
export function reasonText({ code, facts }: Reason): string {
  const { detail, next, ...rest } = facts;
  const sentence = phraseOf(code, facts) ?? detail ?? plainText(code, rest);
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
