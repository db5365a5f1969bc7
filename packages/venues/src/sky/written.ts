import type { BookEvent, Terms } from "@plimsoll/core/book";
import {
  type HoldingId,
  type Ms,
  type Result,
  type Why,
  dec,
  exact,
  fail,
  ok,
  rescale,
  why,
} from "@plimsoll/core/units";
import { aboveZero, amount, entryOf, moment, name, priceEvent, share } from "@plimsoll/venues/wire";
import * as z from "zod";
import { unitsOf } from "./apply.ts";
import { feePerSecond } from "./fee.ts";
import { RAY } from "./fixed-point.ts";
import type { IlkHeld, SkyBody, Vault } from "./holding.ts";
import { currentQuote, nextQuote, rulesDss, skyId } from "./names.ts";
import { WrittenOverrides, overrideTerms } from "./overrides.ts";
import type { IlkTerms, SkyTerms } from "./terms.ts";

const idText = "write the number of the vault, or the address of its urn";
const id = z.string(idText).regex(/^\w+$/, idText);

const WrittenVault = z.strictObject({
  /** Its number, or the address of its urn. */
  id,
  type: name,
  /** Collateral tokens, and debt with interest up to now in the stablecoin. */
  collateral: amount,
  debt: amount,
});

/** How a person writes vaults: whole tokens, the price in force and the queued one. */
export const Written = z.strictObject({
  venue: z.literal("sky"),
  name: name.optional(),
  vaults: z.array(WrittenVault).min(1),
  /** Yearly stability fee by vault type, 0.0525 for 5.25 %; left out, no interest is counted and the account says so. */
  fees: z.record(name, share).default({}),
  /** What could be repaid or supplied, by asset; left out, the wallet is unknown and limits no what-if. */
  wallet: z.record(name, amount).optional(),
  prices: z
    .record(name, z.strictObject({ price: aboveZero(), next: aboveZero("the queued price"), unit: name, at: moment }))
    .default({}),
  /** Parameters that governance has changed since the shipped terms. */
  parameters: WrittenOverrides.default({}),
});
type Written = z.infer<typeof Written>;

const problem = (path: string, value: string, next: string) => fail(why("sky/written", { path, value, next }));

/** Events of written vaults: the terms they are judged by, their prices, the holding. */
export function readWritten(
  entry: unknown,
  id: HoldingId,
  at: Ms,
  shipped: Terms<SkyTerms>,
): Result<readonly BookEvent[], Why> {
  const written = Written.parse(entry);
  const terms = overrideTerms(shipped, written.parameters, id);
  if (!terms.ok) return terms;
  const { body: market } = terms.value;
  const body = bodyOf(written, market, id, at);
  if (!body.ok) return body;
  const prices = pricesOf(written, market, body.value, at);
  if (!prices.ok) return prices;
  const holding = { id, venue: skyId, rules: rulesDss, market: market.market, asOf: at, body: body.value };
  return ok([{ type: "terms", terms: terms.value }, ...prices.value, { type: "holding", holding }]);
}

function bodyOf(written: Written, market: SkyTerms, id: HoldingId, at: Ms): Result<SkyBody, Why> {
  const timestamp = BigInt(Math.floor(at / 1000));
  const vaults: Vault[] = [];
  for (const [index, vault] of written.vaults.entries()) {
    const read = vaultOf(vault, `vaults.${index}`, market);
    if (!read.ok) return read;
    if (vaults.some((other) => other.id === vault.id && other.ilk === vault.type))
      return problem(`vaults.${index}.id`, vault.id, "write each vault once");
    vaults.push(read.value);
  }
  const types = new Set(vaults.map(({ ilk }) => ilk));
  const stranger = Object.keys(written.fees).find((type) => !types.has(type));
  if (stranger !== undefined) return problem(`fees.${stranger}`, stranger, `write one of ${[...types].join(", ")}`);
  const wallet = walletOf(written, market);
  if (!wallet.ok) return wallet;
  return ok({
    ...{ market: market.market, owner: written.name ?? id, block: 0n, timestamp, dirt: "unknown" },
    ilks: [...types].map((ilk) => ilkOf(ilk, entryOf(written.fees, ilk), timestamp)),
    vaults,
    sales: [],
    wallet: wallet.value,
  });
}

/** Rates start at one: the written debt is the debt of now. */
const ilkOf = (ilk: string, fee: string | undefined, timestamp: bigint): IlkHeld => ({
  ilk,
  rate: RAY,
  rho: timestamp,
  fee: fee === undefined ? "unknown" : feePerSecond(RAY + rescale(dec(fee), 27, "down").digits),
  dirt: "unknown",
});

function vaultOf(vault: Written["vaults"][number], path: string, market: SkyTerms): Result<Vault, Why> {
  const ilk = market.ilks.find((each) => each.ilk === vault.type);
  if (ilk === undefined)
    return problem(`${path}.type`, vault.type, `write one of ${market.ilks.map((each) => each.ilk).join(", ")}`);
  const ink = wadOf(vault.collateral, ilk.asset, ilk.decimals);
  if (!ink.ok) return problem(`${path}.collateral`, vault.collateral, ink.failure.facts["next"] ?? "");
  const art = wadOf(vault.debt, market.stable, 18);
  if (!art.ok) return problem(`${path}.debt`, vault.debt, art.failure.facts["next"] ?? "");
  return ok({ id: vault.id, ilk: vault.type, ink: ink.value, art: art.value, gem: 0n });
}

/** A written amount as a WAD; 0 is an amount here. */
function wadOf(text: string, asset: string, decimals: number): Result<bigint, Why> {
  const value = dec(text);
  if (value.digits === 0n) return ok(0n);
  const units = unitsOf(value, asset, decimals);
  return units.ok ? ok(rescale(exact(units.value, decimals), 18, "down").digits) : units;
}

function walletOf({ wallet }: Written, market: SkyTerms): Result<SkyBody["wallet"], Why> {
  if (wallet === undefined) return ok("unknown");
  const balances: { asset: string; units: bigint }[] = [];
  for (const [asset, text] of Object.entries(wallet)) {
    const decimals = asset === market.stable ? 18 : market.ilks.find((ilk) => ilk.asset === asset)?.decimals;
    if (decimals === undefined) return unknownAsset(`wallet.${asset}`, asset, market);
    const value = dec(text);
    const units = value.digits === 0n ? ok(0n) : unitsOf(value, asset, decimals);
    if (!units.ok) return problem(`wallet.${asset}`, text, units.failure.facts["next"] ?? "");
    balances.push({ asset, units: units.value });
  }
  return ok(balances);
}

const assetsOf = ({ ilks }: SkyTerms): readonly string[] => [...new Set(ilks.map(({ asset }) => asset))];
const unknownAsset = (path: string, asset: string, market: SkyTerms) =>
  problem(path, asset, `write one of ${[market.stable, ...assetsOf(market)].join(", ")}`);

/** The price in force and the queued one of each collateral; every vault needs both. */
function pricesOf(
  { prices }: Written,
  market: SkyTerms,
  { vaults }: SkyBody,
  at: Ms,
): Result<readonly BookEvent[], Why> {
  const events: BookEvent[] = [];
  for (const [asset, { price, next, unit, at: seen }] of Object.entries(prices)) {
    if (!assetsOf(market).includes(asset)) return unknownAsset(`prices.${asset}`, asset, market);
    if (unit !== "USD") return problem(`prices.${asset}.unit`, unit, "the price module answers in dollars: write USD");
    events.push(priceEvent(currentQuote(asset), "oracle", price, seen, at));
    events.push(priceEvent(nextQuote(asset), "next-oracle", next, seen, at));
  }
  const needed = (vault: Vault): IlkTerms | undefined => market.ilks.find(({ ilk }) => ilk === vault.ilk);
  const missing = vaults.map((vault) => needed(vault)?.asset ?? "").find((asset) => !Object.hasOwn(prices, asset));
  if (missing === undefined) return ok(events);
  return problem(`prices.${missing}`, "missing", `write { price: "...", next: "...", unit: USD } for ${missing}`);
}
