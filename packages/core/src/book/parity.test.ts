import { dec } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { type Compared, parityRow } from "./index.ts";

const figure = (text: string): Compared => (text === "none" ? text : dec(text));

test.each([
  ["10.00", "10", "0", "same"],
  ["10.01", "10", "0.01", "within"],
  ["9.99", "10", "0.01", "within"],
  ["10.011", "10", "0.01", "differs"],
  ["none", "none", "0", "same"],
  ["none", "10", "100", "differs"],
  ["0", "none", "100", "differs"],
])("ours %s beside the venue's %s, %s allowed: %s", (ours, venue, allowed, verdict) => {
  const row = { of: "BTC", figure: "maintenance", ours: figure(ours), venue: figure(venue), decides: true };
  expect(parityRow({ ...row, allowed: dec(allowed) }).verdict).toBe(verdict);
});
