import { boundToy, toyEngine, toyHolding, toyScene } from "@plimsoll/core/turn/testing";
import { type Ms, dec, ms, ok } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { bindEngine } from "./index.ts";

test("time passes from the holding's own moment, whatever the scene's clock says already", () => {
  const starts: Ms[] = [];
  const spy = {
    ...toyEngine,
    advance: (body: Parameters<typeof toyEngine.advance>[0], _to: Ms, { now }: { readonly now: Ms }) => {
      starts.push(now);
      return body;
    },
  };
  const bound = bindEngine(
    spy,
    (raw) => ok(raw as never),
    (raw) => ok(raw as never),
    ok,
  );
  const holding = toyHolding({ wallet: 0n, loans: {} }, 1_000);
  const later = bound.advance(holding, ms(9_000), toyScene({ COIN: dec("1") }, 9_000));
  expect(starts).toEqual([1_000]);
  expect(later.asOf).toBe(9_000);
  expect(boundToy.advance(holding, ms(9_000), toyScene({}, 9_000)).asOf).toBe(9_000);
});
