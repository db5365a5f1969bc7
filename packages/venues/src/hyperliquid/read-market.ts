import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  fail,
  isNegative,
  isZero,
  ms,
  ok,
  why,
} from "@plimsoll/core/units";
import { decimal, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { HYPERLIQUID } from "./names.ts";
import { type MetaTerms, readMeta } from "./read-meta.ts";

const read = readerOf(HYPERLIQUID);
const price = decimal(18).refine((value) => !isZero(value) && !isNegative(value), "a price is above 0");

const Status = z.object({ time: z.number().int().positive() });
/** The venue's clock, from `exchangeStatus`. */
export function readTime(raw: unknown): Result<Ms, Why> {
  const status = read("exchangeStatus", Status, raw);
  return status.ok ? ok(ms(status.value.time)) : status;
}

const Ctx = z.object({ markPx: price.nullish(), oraclePx: price.nullish(), funding: decimal(18).nullish() });
/** Prices and hourly funding rate of a coin; what the venue leaves out is absent. */
export type Ctx = z.infer<typeof Ctx>;

const MetaAndCtxs = z
  .tuple([z.object({ universe: z.array(z.object({ name: z.string().min(1) })) }), z.array(Ctx)])
  .refine(([{ universe }, ctxs]) => universe.length === ctxs.length, "coins and contexts differ in number");

/** `metaAndAssetCtxs` of one dex, by coin: the contexts stand in the order of the coins. */
export function readCtxs(raw: unknown): Result<ReadonlyMap<string, Ctx>, Why> {
  const answer = read("metaAndAssetCtxs", MetaAndCtxs, raw);
  if (!answer.ok) return answer;
  const [{ universe }, ctxs] = answer.value;
  return ok(new Map(universe.map(({ name }, index) => [name, ctxs[index]!])));
}

const Dexes = z.array(z.object({ name: z.string().min(1) }).nullable());
/** Names of `perpDexs`; the first dex has none. */
export function readDexes(raw: unknown): Result<readonly string[], Why> {
  const dexes = read("perpDexs", Dexes, raw);
  return dexes.ok ? ok(dexes.value.map((dex) => dex?.name ?? "")) : dexes;
}

const Metas = z.array(z.looseObject({ collateralToken: z.number().int().optional() }));
const Tokens = z.object({ tokens: z.array(z.object({ index: z.number().int(), name: z.string().min(1) })) });

/** One dex: the token that it counts in, and its tables or why there are none. */
export interface Dex {
  readonly name: string;
  readonly token: string;
  readonly terms: Result<MetaTerms, Why>;
}

/** Every dex of `allPerpMetas`, which stand in the order of `perpDexs`; tokens are named by `spotMeta`. */
export function readMetas(raw: unknown, names: readonly string[], spot: unknown): Result<readonly Dex[], Why> {
  const metas = read("allPerpMetas", Metas, raw);
  if (!metas.ok) return metas;
  const tokens = read("spotMeta", Tokens, spot);
  if (!tokens.ok) return tokens;
  if (metas.value.length !== names.length)
    return fail(
      why("hyperliquid/torn-reading", {
        dexes: `${names.length}`,
        metas: `${metas.value.length}`,
        next: "read again: a dex was added between two answers",
      }),
    );
  const dexes: Dex[] = [];
  for (const [index, meta] of metas.value.entries()) {
    const token = tokens.value.tokens.find((each) => each.index === (meta.collateralToken ?? 0))?.name;
    const name = names[index]!;
    if (token === undefined)
      return fail(
        why("hyperliquid/no-token", { dex: name, token: `${meta.collateralToken}`, next: "read spotMeta again" }),
      );
    dexes.push({ name, token, terms: readMeta(meta) });
  }
  return ok(dexes);
}

const Fees = z.object({ userCrossRate: decimal(18).refine((rate) => !isNegative(rate), "below 0") });
/** The user's own taker rate, from `userFees`. */
export function readTakerFee(raw: unknown): Result<Exact, Why> {
  const fees = read("userFees", Fees, raw);
  return fees.ok ? ok(fees.value.userCrossRate) : fees;
}

/** Whether perpetuals stand on their own: `userAbstraction` is a bare word. @source documentation, account abstraction modes */
const Abstraction = z
  .string()
  .transform((word) => word.replaceAll('"', ""))
  .pipe(z.enum(["disabled", "default", "dexAbstraction"]));

/** Refuses an account whose perpetuals are margined with its spot balances: that is not modelled. */
export function readAbstraction(raw: unknown): Result<void, Why> {
  if (Abstraction.safeParse(raw).success) return ok(undefined);
  return fail(
    why("hyperliquid/unified-account", {
      mode: typeof raw === "string" ? raw : "unreadable",
      next: "unified accounts and portfolio margin are not modelled: watch this account with the venue's own figures",
    }),
  );
}
