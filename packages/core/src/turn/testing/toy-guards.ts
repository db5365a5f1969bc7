import type { Reserve } from "@plimsoll/core/planner";
import type { Guard } from "@plimsoll/core/policy";
import { type Exact, assetId, dec, exact, holdingId, known, ms, venueId } from "@plimsoll/core/units";

/** A health guard on the toy lender; what a test cares about it overrides. */
export const toyGuard = (over: Partial<Guard> = {}): Guard => ({
  id: "g1",
  name: "keep the loan afloat",
  scope: { holding: holdingId("toy:me") },
  trigger: { when: "health", line: "maintenance", below: dec("1.20"), release: dec("1.25"), urgent: dec("1.08") },
  target: { want: "health", at: dec("1.45") },
  ladder: [
    { use: "add-margin", asset: assetId("USD"), most: dec("1000000") },
    { use: "reduce", instrument: "COIN", slippage: dec("0.005") },
  ],
  bounds: { confirmMs: ms(0), coolDownMs: ms(60_000), maxAgeMs: ms(30_000), perDay: 10 },
  mode: "armed",
  ...over,
});

export const toyReserve = (free: Exact, asOf = 0): Reserve => ({
  asset: assetId("USD"),
  at: venueId("toy"),
  holding: holdingId("toy:me"),
  free: known(free, ms(asOf)),
  floor: exact(0n),
});
