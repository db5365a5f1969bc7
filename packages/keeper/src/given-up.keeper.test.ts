// A slice has a few messages, whoever wrote them: three processes that die with one in hand use them up. What they leave undone is
// the guard's again, on what is really there.
import type { Outcome } from "@plimsoll/core/planner";
import { openStore } from "@plimsoll/keeper";
import { expect, test } from "vitest";
import { readJournal } from "./ledger.ts";
import { expectWholeJournal } from "./testing/trial-checks.ts";
import { type Trial, openTrial } from "./testing/trial.ts";

test("a slice that three processes died with, one after the other, is given up, and the guard does the rest", async () => {
  const trial = await openTrial({ thinMs: 200 });
  try {
    for (const killAt of ["partly>sent:after", "ambiguous>sent:after", "ambiguous>sent:after"])
      expect(await trial.live({ killAt })).toContain(`killed at ${killAt}`);
    // the first part brought the account out of the band already: it is what is missing to the target that is sent again
    const decided = await trial.live({ killAt: "none>intended:after" });
    expect(decided).toEqual(expect.arrayContaining(["superseded", "killed at none>intended:after"]));
    expect(await trial.live()).toContain("safe");
    const [givenUp, ...others] = await endsIn(trial);
    expect(givenUp).toMatchObject({ state: "superseded", why: { code: "execution/not-reached" } });
    expect(others).toContainEqual(expect.objectContaining({ state: "done" }));
    await expectWholeJournal(trial);
  } finally {
    await trial.end();
  }
});

async function endsIn(trial: Trial): Promise<readonly Outcome[]> {
  const store = await openStore(trial.lifeOf().store);
  if (!store.ok) throw new Error(store.failure.code);
  const ends: Outcome[] = [];
  for await (const { record } of readJournal(store.value))
    if (record.kind === "input" && record.input.event.type === "outcome" && "verified" in record.input.event.outcome)
      ends.push(record.input.event.outcome);
  await store.value.close();
  return ends;
}
