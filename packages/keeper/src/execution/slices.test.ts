import { dec, exact, ms } from "@plimsoll/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { execute } from "./execute.ts";
import type { Track } from "./run.ts";
import { SETTINGS, SIZE, house, intent, orderOf, runThrough, sumOf } from "./testing.ts";
import { SmallVenue } from "./testing/small-venue.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 300);

test("a partial fill goes on with what is left, each slice under a key of its own", async () => {
  const venue = new SmallVenue(["partial"], false);
  const { end, states, written } = await runThrough(venue, []);
  expect(states()).toEqual(["sent", "partly", "sent", "accepted", "done"]);
  expect(venue.effects).toEqual([2n, 2n]);
  expect(end.sendings.map(({ prepared }) => prepared.reference)).toEqual(["k", "ks2"]);
  expect(written.at(-1)!.outcome).toMatchObject({ state: "done", verified: "as-predicted" });
});

test("a slice that finds nothing ends the intent, and its difference from the prediction is kept", async () => {
  const venue = new SmallVenue(["partial"], false);
  const { ports, track, written } = house(venue, intent());
  const running = { ...ports(() => undefined) };
  const once = running.record;
  running.record = async (...asked) => {
    await once(...asked);
    if (asked[2]?.state === "partly") venue.offered = 0n;
  };
  await execute(track(), running, SETTINGS);
  expect(written.at(-1)!.outcome).toMatchObject({ state: "expired", verified: "differs" });
  expect(venue.effects).toEqual([2n]);
});

test("a thin book is met in slices that add up to the size, at whichever checkpoints the process dies", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.bigInt({ min: 1n, max: 4n }),
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 4 }),
      async (offered, isTold, deaths) => {
        const venue = new SmallVenue([], false);
        venue.offered = offered;
        if (isTold) venue.depth = { bids: [[dec("99"), exact(offered)]], asks: [], at: ms(1_000) };
        const { end } = await runThrough(venue, deaths);
        if (isGivenUp(end)) expectGivenUp(end, venue);
        else expect([end.state, sumOf(venue.effects)]).toEqual(["done", SIZE]);
        const largest = isTold ? offered : SIZE;
        for (const { action } of end.sendings)
          expect(action.do === "order" && action.size.digits <= largest).toBe(true);
      },
    ),
    { numRuns: runs },
  );
});

const lastSlice = ({ sendings }: Track) => sendings.filter(({ slice }) => slice === sendings.at(-1)!.slice);
/** Every message that a slice may have was journaled by a process that died before it could leave. */
const isGivenUp = (end: Track): boolean => end.state === "superseded" && lastSlice(end).length === SETTINGS.attempts;

/** All slices before the last did what they should, and no message of that one ever left. */
function expectGivenUp({ sendings }: Track, { arrived, effects }: SmallVenue): void {
  const references = (some: Track["sendings"]) => some.map(({ prepared }) => prepared.reference);
  const { slice, against } = sendings.at(-1)!;
  expect(arrived).toEqual(references(sendings.filter((each) => each.slice < slice)));
  expect(10n - sumOf(effects)).toBe(BigInt((against.body as { size: string }).size));
}

test("a slice of which three processes in a row died with the message in hand is given up: the guard has the rest", async () => {
  const venue = new SmallVenue([], false);
  venue.offered = 1n;
  // at each of these checkpoints the journal has the message of the second slice, and the wire has not
  const { end, written } = await runThrough(venue, [6, 10, 14]);
  expect(isGivenUp(end)).toBe(true);
  expectGivenUp(end, venue);
  expect(written.at(-1)!.outcome).toMatchObject({ state: "superseded", why: { code: "execution/not-reached" } });
});

test("a slice takes no more than a fresh book shows within the limit, and an old book says nothing", async () => {
  const bids = [
    [dec("99"), exact(1n)],
    [dec("95"), exact(1n)],
    [dec("80"), exact(9n)],
  ] as const;
  const limited = intent({ action: { ...orderOf(intent()), limit: dec("95") } });
  const venue = new SmallVenue([], false);
  venue.depth = { bids, asks: [], at: ms(1_000) };
  expect((await runThrough(venue, [], limited)).end.state).toBe("done");
  expect(venue.effects).toEqual([2n, 2n]);
  const old = new SmallVenue([], false);
  old.now = 10_000;
  old.depth = { bids, asks: [], at: ms(1_000) };
  await runThrough(old, [], limited);
  expect(old.effects).toEqual([SIZE]);
});
