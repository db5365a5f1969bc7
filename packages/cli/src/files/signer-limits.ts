import type { Guard, Remedy } from "@plimsoll/core/policy";
import { type Exact, add, exact, holdingId, multiply, parseExact } from "@plimsoll/core/units";
import type { SignerRules } from "@plimsoll/keeper";
import * as z from "zod";

interface Limit {
  readonly amount: Exact;
  readonly of: string;
}

/** "2 BTC-USDT-SWAP", "15000 USDC": venues name instruments in many ways, none of them with a space. */
const limit = z
  .string()
  .regex(/^\d+(\.\d+)? \S+$/, "not a limit: write an amount and what it is of, for example 15000 USDC")
  .transform((text): Limit => {
    const [digits = "", of = ""] = text.split(" ");
    const read = parseExact(digits);
    return { amount: read.ok ? read.value : exact(0n), of };
  })
  .refine(({ amount }) => amount.digits > 0n, "a limit is above 0: leave out what shall never be signed")
  .meta({ examples: ["15000 USDC"] });

/** What a signer may sign for an account, as a person writes it. */
export const writtenLimits = z
  .strictObject({
    instruments: z
      .array(z.string().min(1))
      .optional()
      .describe(
        "symbols that may be reduced and in which stops may lie; default: those that the account's guards name",
      ),
    perDay: z
      .array(limit)
      .optional()
      .describe(
        "the most in any 24 hours: of a symbol what hedges may open, of an asset what is supplied, repaid or moved as margin; default: for each guard its amount times its perDay",
      ),
  })
  .superRefine(({ instruments = [], perDay = [] }, context) => {
    const refuse = (path: (string | number)[], value: string) =>
      context.addIssue({
        code: "custom",
        path,
        message: `${value} is named twice: write it once, with all that it may be`,
      });
    for (const [index, name] of instruments.entries())
      if (instruments.indexOf(name) !== index) refuse(["instruments", index], name);
    const named = perDay.map(({ of }) => of);
    for (const [index, name] of named.entries()) if (named.indexOf(name) !== index) refuse(["perDay", index], name);
  });
export type WrittenLimits = z.output<typeof writtenLimits>;

interface Limited {
  readonly name: string;
  readonly limits?: WrittenLimits | undefined;
}

/** What a signer signs for an account: what its owner wrote, and where nothing is written what the guards may do at most. */
export function signerRulesOf({ name, limits = {} }: Limited, guards: readonly Guard[]): SignerRules {
  const holding = holdingId(name);
  const used = guards.flatMap((guard) => usesOf(guard, name));
  const instruments = limits.instruments ?? [...new Set(used.flatMap(({ instrument }) => instrument ?? []))];
  const isListed = ({ instrument }: Use) => instrument === undefined || instruments.includes(instrument);
  const perDay = limits.perDay ?? summed(used.filter(isListed).flatMap(({ limit: each }) => each ?? []));
  const isHedge = ({ of }: Limit) => instruments.includes(of);
  return {
    ...{ holding, instruments },
    assets: perDay.filter((each) => !isHedge(each)).map(({ of, amount }) => ({ asset: of, perDay: amount })),
    hedges: perDay.filter(isHedge).map(({ of, amount }) => ({ instrument: of, perDay: amount })),
  };
}

interface Use {
  readonly instrument?: string;
  readonly limit?: Limit;
}

/** What a guard, armed or in shadow, may come to do at an account. */
function usesOf({ scope, ladder, stops = [], bounds }: Guard, account: string): readonly Use[] {
  const isOwn = scope.holding === account;
  const daily = (of: string, most: Exact): Limit => ({ of, amount: multiply(most, exact(BigInt(bounds.perDay))) });
  const useOf = (remedy: Remedy): readonly Use[] => {
    if (remedy.use === "hedge")
      return remedy.holding === account
        ? [{ instrument: remedy.instrument, limit: daily(remedy.instrument, remedy.most) }]
        : [];
    if (!isOwn) return [];
    return "instrument" in remedy ? [{ instrument: remedy.instrument }] : [{ limit: daily(remedy.asset, remedy.most) }];
  };
  return [...ladder.flatMap(useOf), ...(isOwn ? stops.map(({ instrument }) => ({ instrument })) : [])];
}

const summed = (limits: readonly Limit[]): readonly Limit[] =>
  [...Map.groupBy(limits, ({ of }) => of)].map(([of, all]) => ({
    of,
    amount: all.map(({ amount }) => amount).reduce(add),
  }));
