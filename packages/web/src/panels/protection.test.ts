import { type Book, Book as BookShape } from "@plimsoll/server/contract";
import { START, sampleBook, sampleCoverage, sampleTroubles, sampleWaiting } from "@plimsoll/server/testing";
import { viewBook } from "@plimsoll/server/view";
import { expect, test } from "vitest";
import { viewAlerts } from "./view-alerts.ts";
import { viewCovers } from "./view-covers.ts";
import { viewGuards } from "./view-guards.ts";

const told = { ...sampleBook(), troubles: sampleTroubles(), waiting: sampleWaiting() };
const book: Book = BookShape.parse(viewBook(told, sampleCoverage()));
const plain = (text: string | undefined) => text?.replaceAll("\u202f", " ");
const coversOf = (account: string, old = false) =>
  book.accounts
    .filter((each) => each.account === account || each.holding === account)
    .flatMap((each) => viewCovers(each, old).map(plain));

test("alerts are sorted by the worst they were, with whom they concern, since when and when last", () => {
  const { rows } = viewAlerts({ ...book, alerts: book.alerts.toReversed() }, false);
  expect(rows).toMatchObject([
    {
      name: "desk",
      detail: "cross USDT on binance, level",
      text: "6.6% to the nearest line",
      worst: "danger",
      first: "2025-10-10 21:09:05 UTC",
      last: "2025-10-10 21:14:05 UTC",
    },
    {
      name: "treasury",
      detail: "*/guard:treasury-all/not-released",
      worst: "act",
      first: "2025-10-10 20:34:05 UTC",
      last: "2025-10-10 20:59:05 UTC, then watch",
    },
  ]);
});

test("what was worse comes first, also where it was there longer ago", () => {
  const [danger, act] = book.alerts;
  if (danger === undefined || act === undefined) throw new Error("the sample has two alerts");
  const older = { ...danger, last: { ...danger.last, ms: 0 } };
  const newer = { ...act, identity: "another", last: { ...act.last, ms: act.last.ms + 1 } };
  const { rows } = viewAlerts({ ...book, alerts: [act, newer, older] }, false);
  expect(rows.map(({ worst, name }) => `${worst} ${name}`)).toEqual(["danger desk", "act another", "act treasury"]);
});

test("no alerts are good news only where somebody could tell one", () => {
  const none = { ...book, alerts: [] };
  expect(viewAlerts(none, false).empty).toMatch(/^No alerts/);
  expect(viewAlerts(none, true).empty).toMatch(/^Unknown/);
  expect(viewAlerts({ ...none, accounts: [] }, false).empty).toMatch(/^Unknown/);
});

test("each position says by what, how long by nothing, what can be lost and why", () => {
  expect(coversOf("cross:USDT")).toEqual([
    "1.25 BTCUSDT: nothing protects it for 24 h, 18 240.36 USDT can be lost; because no stop of BTCUSDT lies at the venue, " +
      "guard desk-cross:USDT in shadow protects nobody. Next: let a guard keep a stop at the venue",
  ]);
  expect(coversOf("ETHUSDT:SHORT", true)).toEqual([
    "as last known: 4 ETHUSDT: a stop lies at the venue at 4 410.5, 3 318.09 USDT can be lost while no price jumps wider than 5% " +
      "through it; taken for granted: the venue does not tell whether a timer cancels orders",
  ]);
});

test("what is not known of an account's protection is unknown, never nothing to fear", () => {
  expect(coversOf("SOLUSDT:BOTH")).toEqual([
    "nothing is known to protect it for 24 h, how much can be lost is unknown (no mark price of SOLUSDT for 41 s); because no mark price of SOLUSDT for 41 s",
  ]);
  expect([coversOf("treasury"), coversOf("idle"), coversOf("idle", true)]).toEqual([
    ["unknown"],
    ["nothing that could be liquidated"],
    ["unknown"],
  ]);
  const unasked = viewBook(sampleBook()).accounts.find(({ danger }) => danger === "act");
  expect(unasked && viewCovers(unasked, false)).toEqual(["unknown"]);
});

test("a guard's card says what its looser version waits for", () => {
  const waits = (of: Book) => viewGuards(of).map(({ name, waiting }) => [name, waiting]);
  expect(waits(book)).toEqual([
    [
      "keep treasury",
      "a looser version (bounds.perDay from 12 to 24) waits until 2025-10-11 21:14:04 UTC, longer while any account is at act or worse",
    ],
    ["keep desk", "its removal waits for your confirmation"],
  ]);
  const later = { ...book, at: { ...book.at, ms: START + 86_400_000 } };
  expect(waits(later)[0]?.[1]).toContain("takes force once no account is at act or worse");
  expect(waits({ ...book, waiting: [] }).map(([, waiting]) => waiting)).toEqual([undefined, undefined]);
});
