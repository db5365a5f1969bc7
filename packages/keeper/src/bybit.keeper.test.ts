// The real keeper over ccxt's real client of another venue: killed around its message, and with a message lost, the rescue
// is done exactly once.
import { isOurs } from "@plimsoll/core/book";
import { expect, test } from "vitest";
import { type Trial, openTrial } from "./testing/trial.ts";

const oursWithEffect = ({ venue }: Trial): number =>
  new Set(
    venue.exchange.state.trades.filter(({ clientId }) => isOurs({ reference: clientId })).map(({ orderId }) => orderId),
  ).size;
const lost = (trial: Trial) => trial.fault({ kind: "disconnect", effect: false });
const nothing = () => {};

// oxfmt-ignore
test.concurrent.each([
  // killed at                 what happens before
  ["intended>sent:after",      nothing],
  ["sent>accepted:before",     nothing],
  ["ambiguous>sent:after",     lost],
] as const)("Bybit: killed at %s", async (killAt, before) => {
  const trial = await openTrial({ speaks: "bybit" });
  try {
    before(trial);
    expect(await trial.live(killAt, "none")).toContain(`killed at ${killAt}`);
    expect(await trial.live(undefined, "none")).toContain("safe");
    expect(oursWithEffect(trial)).toBe(1);
  } finally {
    await trial.end();
  }
});
