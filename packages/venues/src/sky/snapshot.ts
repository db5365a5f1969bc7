import { type Result, type Why, ok } from "@plimsoll/core/units";
import { type Attempt, aggregateOf, checkChain, lower } from "@plimsoll/venues/chain";
import type { Hex, PublicClient } from "viem";
import { type Batch, aroundAbi, clipAbi, dogAbi, jugAbi, spotterAbi, vatAbi } from "./abi.ts";
import { type Discovered, type SkySource, ilkWord } from "./discover.ts";
import type { Balance, IlkHeld, SkyBody, Vault } from "./holding.ts";
import { readSkyBody } from "./read-holding.ts";
import { readSales } from "./snapshot-auctions.ts";
import { type ModulePrices, planModule, readModulePrices } from "./snapshot-prices.ts";
import { planTerms } from "./snapshot-terms.ts";
import type { SkyTerms } from "./terms.ts";

/** What the core itself does at the block when it is asked to: interest charged, the price fetched, an auction started. */
export interface Verdict {
  /** RAY, after its drip; undefined where it refused. */
  readonly rate: bigint | undefined;
  /** RAY, after its poke; undefined where it refused. */
  readonly spot: bigint | undefined;
  /** Whether the vault may be auctioned then; undefined where the core refused for another reason than its safety. */
  readonly unsafe: boolean | undefined;
}

/** Everything about one vault at one block. */
export interface SkySnapshot {
  readonly body: SkyBody;
  readonly terms: SkyTerms;
  readonly prices: ModulePrices;
  readonly verdict: Verdict;
  /** Hash of the block before: what a caller that knows the block compares. */
  readonly parentHash: Hex;
}

/** Reads all in one call at one block, then at the same block what only storage tells and what the first call listed. */
export async function readSnapshot(
  client: PublicClient,
  source: SkySource,
  known: Discovered,
  blockNumber?: bigint,
): Promise<Result<SkySnapshot, Why>> {
  const batch = aggregateOf(vatAbi);
  const at = batch.block(source);
  const terms = planTerms(batch, source, known);
  const [vault, held] = [planVault(batch, source, known), planHeld(batch, source, known)];
  const [wallet, answers] = [planWallet(batch, source, known), planModule(batch, known.pip)];
  const dirt = batch.with(dogAbi).add(source.dog, "Dirt");
  const list = batch.with(clipAbi).add(known.clip, "list");
  const verdict = planVerdict(batch, source, known);
  const read = await batch.run(client, source, blockNumber);
  if (!read.ok) return read;
  const block = at();
  const chain = checkChain(source.chainId, block.chainId, "the chain's own answer");
  if (!chain.ok) return chain;
  const set = terms();
  if (!set.ok) return set;
  const { chop } = set.value.ilks[0]!;
  const sales = await readSales(client, source, known, { ids: list(), chop, block });
  if (!sales.ok) return sales;
  const prices = await readModulePrices(client, known.pip, answers(), block.number);
  if (!prices.ok) return prices;
  const where = { market: source.market, owner: lower(source.user), block: block.number, timestamp: block.timestamp };
  const parts = { ilks: [held()], vaults: [vault()], sales: sales.value, wallet: wallet() };
  const body = readSkyBody({ ...where, dirt: dirt(), ...parts });
  if (!body.ok) return body;
  return ok({
    body: body.value,
    terms: set.value,
    prices: prices.value,
    verdict: verdict(),
    parentHash: block.parentHash,
  });
}

function planVault(batch: Batch, source: SkySource, { vat }: Discovered): () => Vault {
  const word = ilkWord(source);
  const [urn, gem] = [batch.add(vat, "urns", word, source.urn), batch.add(vat, "gem", word, source.urn)];
  return () => {
    const [ink, art] = urn();
    return { id: lower(source.urn), ilk: source.ilk, ink, art, gem: gem() };
  };
}

function planHeld(batch: Batch, source: SkySource, { vat }: Discovered): () => IlkHeld {
  const word = ilkWord(source);
  const stored = batch.add(vat, "ilks", word);
  const [fee, base] = [batch.with(jugAbi).add(source.jug, "ilks", word), batch.with(jugAbi).add(source.jug, "base")];
  const dog = batch.with(dogAbi).add(source.dog, "ilks", word);
  return () => {
    const [duty, rho] = fee();
    return { ilk: source.ilk, rate: stored()[1], rho, fee: base() + duty, dirt: dog()[3] };
  };
}

function planWallet(batch: Batch, source: SkySource, known: Discovered): () => readonly Balance[] {
  const tokens = [known.collateral, known.stable, ...(known.other === undefined ? [] : [known.other])];
  const balances = tokens.map(({ address, asset }) => {
    const units = batch.with(aroundAbi).add(address, "balanceOf", source.payer ?? source.user);
    return () => ({ asset, units: units() });
  });
  return () => balances.map((balance) => balance());
}

/** Tried last, in the order in which a keeper would: what follows each sees it, and nobody else does. */
function planVerdict(batch: Batch, source: SkySource, { vat }: Discovered): () => Verdict {
  const word = ilkWord(source);
  const drip = batch.with(jugAbi).attempt(source.jug, "drip", word);
  const poke = batch.with(spotterAbi).attempt(source.spotter, "poke", word);
  const after = batch.add(vat, "ilks", word);
  const bark = batch.with(dogAbi).attempt(source.dog, "bark", word, source.urn, source.user);
  return () => {
    const [dripped, poked] = [drip() === "accepted", poke() === "accepted"];
    const [, rate, spot] = after();
    return {
      rate: dripped ? rate : undefined,
      spot: poked ? spot : undefined,
      unsafe: dripped && poked ? unsafeBy(bark()) : undefined,
    };
  };
}

function unsafeBy(bark: Attempt): boolean | undefined {
  if (bark === "accepted") return true;
  return bark.refused === "Dog/not-unsafe" ? false : undefined;
}
