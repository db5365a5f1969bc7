import fc from "fast-check";
import { exact, text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { feeLadder, feesWithin } from "./fees.ts";

const GWEI = 10n ** 9n;
const ETHER = 10n ** 18n;
const runs = { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 300) };
const offer = (change: object = {}) =>
  feesWithin({
    ...{
      price: { base: 20n * GWEI, priority: GWEI },
      gas: 1_200_000n,
      usualGas: 600_000n,
      headroom: 2n,
      payer: "0x01",
    },
    ...{ cap: exact(1n), balance: 100n * ETHER },
    ...change,
  });

// geth, erigon and nethermind take a replacement from a tenth more of both fees on, others from an eighth
test("each step replaces the one before by both fees, none costs more than the cap, and the last is the cap", () => {
  const wei = fc.bigInt({ min: 0n, max: 10n ** 13n });
  fc.assert(
    fc.property(wei, wei, wei, (fee, part, more) => {
      const first = { maxFeePerGas: fee + part, maxPriorityFeePerGas: part };
      const most = first.maxFeePerGas + more;
      const steps = feeLadder(first, most);
      expect(steps[0]).toEqual(first);
      expect(steps.length).toBeLessThanOrEqual(12);
      for (const [place, { maxFeePerGas, maxPriorityFeePerGas }] of steps.entries()) {
        expect(maxFeePerGas <= most && maxPriorityFeePerGas <= maxFeePerGas).toBe(true);
        const before = steps[place - 1];
        if (before === undefined) continue;
        expect(maxFeePerGas * 8n >= before.maxFeePerGas * 9n).toBe(true);
        expect(maxPriorityFeePerGas * 8n >= before.maxPriorityFeePerGas * 9n).toBe(true);
        expect(maxFeePerGas > before.maxFeePerGas && maxPriorityFeePerGas > before.maxPriorityFeePerGas).toBe(true);
      }
      const last = steps.at(-1)!;
      const reached = last.maxFeePerGas === most;
      const cannot = most * 8n < last.maxFeePerGas * 9n || last.maxPriorityFeePerGas * 9n > most * 8n;
      expect(reached || cannot).toBe(true);
    }),
    runs,
  );
});

test("the first offer outlasts a doubling of the base fee; what the message may cost at the most is the cap", () => {
  const fees = offer();
  if (!fees.ok) throw new Error(fees.failure.code);
  expect(fees.value[0]).toEqual({ maxFeePerGas: 41n * GWEI, maxPriorityFeePerGas: GWEI });
  // a whole coin for 600,000 gas: 1666.67 gwei, floored
  expect(fees.value.at(-1)!.maxFeePerGas).toBe(ETHER / 600_000n);
  expect(text(exact(fees.value.at(-1)!.maxFeePerGas * 600_000n, 18)).startsWith("0.99999999")).toBe(true);
});

// oxfmt-ignore
test.each([
  // case                                          change                                         code
  ["exactly the fee of now is enough",             { cap: exact(126n, 4) },                       undefined],
  ["a wei less is not: it could not be mined now", { cap: exact(126n * 10n ** 14n - 1n, 18) },    "chain/fee-cap-too-small"],
  ["a wallet that covers the limits",              { balance: 252n * 10n ** 14n },                undefined],
  ["a wallet of a wei less",                       { balance: 252n * 10n ** 14n - 1n },           "chain/gas-too-small"],
] as const)("%s", (_case, change, code) => {
  const fees = offer(change);
  expect(fees.ok ? undefined : fees.failure.code).toBe(code);
  if (fees.ok) expect(fees.value).toEqual([{ maxFeePerGas: 21n * GWEI, maxPriorityFeePerGas: GWEI }]);
});
