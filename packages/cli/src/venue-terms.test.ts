import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Terms } from "@plimsoll/core/book";
import { createTurn } from "@plimsoll/core/turn";
import { holdingId, ms, ok } from "@plimsoll/core/units";
import { createLog, createRedact, openStore, sha256, startKeeper } from "@plimsoll/keeper";
import { binance } from "@plimsoll/venues/binance";
import { termsDocument } from "@plimsoll/venues/wire";
import { engineOf } from "@plimsoll/venues";
import { afterAll, expect, test } from "vitest";
import { runInTest } from "./run-in-test.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-venue-terms-"));
afterAll(() => rmSync(folder, { recursive: true }));
const [shipped] = binance.terms;

const document = (takerFee: string, validFrom: string): Terms<unknown> => {
  const { symbols } = shipped!.body as { readonly symbols: Readonly<Record<string, object>> };
  const body = { symbols: { BTCUSDT: { ...symbols["BTCUSDT"], takerFee } } };
  return termsDocument({ ...shipped, validFrom, source: "the venue", body });
};

/** A journal that holds the documents of a venue, each learnt a day after the one before. */
async function journal(documents: readonly Terms<unknown>[]): Promise<void> {
  const store = await openStore(folder);
  if (!store.ok) throw new Error(store.failure.code);
  for (const [day, terms] of documents.entries()) {
    const keeper = await startKeeper({
      ...{ store: store.value, turn: createTurn({ engineOf, sha256 }), engineOf },
      connections: [
        {
          holding: holdingId("mine"),
          feed: { snapshot: async () => ok([{ type: "terms", terms }]), watch: async () => async () => {} },
        },
      ],
      policy: { guards: [], reserves: [] },
      log: createLog("fatal", process.stderr, createRedact([])),
      clock: () => ms(Date.UTC(2026, 10, 20 + day, 9)),
    });
    if (!keeper.ok) throw new Error(keeper.failure.code);
    await new Promise<void>((resolve) => {
      const off = keeper.value.onChange(() => (off(), resolve()));
    });
    await keeper.value.stop();
  }
  await store.value.close();
}

test("the documents of the program and of a journal, what each changed, and which one ruled on a day", async () => {
  await journal([document("0.0005", "2026-11-20"), document("0.0006", "2026-11-21")]);
  const all = await runInTest("venue", "terms", "binance", "--data-dir", folder);
  expect(all.lines).toContain("from 2026-05-01");
  expect(all.lines).toContain("learnt 2026-11-20 09:00:00 UTC");
  expect(all.lines).toMatch(
    /learnt 2026-11-21 09:00:00 UTC\n {4}the venue\n {4}symbols\/BTCUSDT\/takerFee 0.0005 becomes 0.0006\n?$/,
  );
  const feeOn = async (day: string) => {
    const { lines } = await runInTest(
      "venue",
      "terms",
      "binance",
      "--data-dir",
      folder,
      "--at",
      day,
      "--parameters",
      "symbols/BTCUSDT/takerFee",
    );
    return /takerFee = (.*)$/m.exec(lines)?.[1];
  };
  expect(await feeOn("2026-11-20T10:00:00Z")).toBe("0.0005");
  expect(await feeOn("2026-11-21T08:00:00Z")).toBe("0.0005");
  expect(await feeOn("2026-11-21T09:00:00Z")).toBe("0.0006");
});

test("a day before every document, a parameter that is not there and a folder without a journal are said", async () => {
  expect((await runInTest("venue", "terms", "okx", "--at", "2020-01-01")).lines).toContain(
    "no document was in force then",
  );
  expect((await runInTest("venue", "terms", "okx", "--parameters", "coins/NOSUCH")).lines).toContain(
    "no such parameter",
  );
  const none = await runInTest("venue", "terms", "okx", "--data-dir", join(folder, "elsewhere"));
  expect([none.code, none.errors]).toEqual([1, expect.stringContaining("elsewhere")]);
  expect((await runInTest("venue", "terms", "nowhere")).errors).toContain("Allowed choices are");
});
