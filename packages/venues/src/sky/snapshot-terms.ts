import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { lower } from "@plimsoll/venues/chain";
import { type Batch, aroundAbi, clipAbi, dogAbi, pipAbi, spotterAbi } from "./abi.ts";
import { type Discovered, type SkySource, ilkWord } from "./discover.ts";
import { WAD } from "./fixed-point.ts";
import { readSkyTerms } from "./read-terms.ts";
import type { AuctionTerms, PriceFall, SkyTerms } from "./terms.ts";

/** The price module, the auction or its price calculator is not the one that was discovered. */
export const outdated = "sky/parts-replaced";

/** What governance sets, read every time. @returns why not: replaced parts, a calculator of no known kind, terms that cannot be. */
export function planTerms(batch: Batch, source: SkySource, known: Discovered): () => Result<SkyTerms, Why> {
  const word = ilkWord(source);
  const { spotter, dog, flash, dai } = source;
  const [spot, par] = [batch.with(spotterAbi).add(spotter, "ilks", word), batch.with(spotterAbi).add(spotter, "par")];
  const [kind, all] = [batch.with(dogAbi).add(dog, "ilks", word), batch.with(dogAbi).add(dog, "Hole")];
  const vat = batch.add(known.vat, "ilks", word);
  const hop = batch.with(pipAbi).maybe(known.pip, "hop");
  const auction = planAuction(batch, known);
  const most = batch.with(aroundAbi).add(flash, "maxFlashLoan", dai);
  const toll = batch.with(aroundAbi).add(flash, "flashFee", dai, WAD);
  return () => {
    const [pip, mat] = spot();
    const [clip, chop, hole] = kind();
    if (lower(pip) !== known.pip || lower(clip) !== known.clip) return fail(replaced(source));
    const sold = auction(source);
    if (!sold.ok) return sold;
    const { asset, decimals } = known.collateral;
    const ilk = { ilk: source.ilk, asset, decimals, delay: BigInt(hop() ?? 0), mat, dust: vat()[4], chop, hole };
    return readSkyTerms({
      market: source.market,
      chainId: source.chainId,
      stable: known.stable.asset,
      par: par(),
      hole: all(),
      flash: { most: most(), toll: toll() },
      ilks: [{ ...ilk, feeMost: "unknown", auction: sold.value }],
      completeness: "read-from-chain, except the highest fee that can be set between votes: no bound was read",
    });
  };
}

function planAuction(batch: Batch, { clip, calc }: Discovered): (source: SkySource) => Result<AuctionTerms, Why> {
  const part = batch.with(clipAbi);
  const [buf, tail, cusp] = [part.add(clip, "buf"), part.add(clip, "tail"), part.add(clip, "cusp")];
  const [chip, tip, its] = [part.add(clip, "chip"), part.add(clip, "tip"), part.add(clip, "calc")];
  const [tau, step, cut] = [part.maybe(calc, "tau"), part.maybe(calc, "step"), part.maybe(calc, "cut")];
  return (source) => {
    if (lower(its()) !== calc) return fail(replaced(source));
    const fall = fallOf(tau(), step(), cut());
    if (fall === undefined) return fail(noCalculator(source, calc));
    return ok({ buf: buf(), tail: tail(), cusp: cusp(), tip: tip(), chip: chip(), fall });
  };
}

/** The calculator does not say of which of the three kinds it is; what it answers does. */
function fallOf(tau: bigint | undefined, step: bigint | undefined, cut: bigint | undefined): PriceFall | undefined {
  if (tau !== undefined) return cut === undefined ? { kind: "linear", tau } : undefined;
  if (cut === undefined) return undefined;
  return step === undefined ? { kind: "exponential", cut } : { kind: "stairstep", step, cut };
}

const replaced = ({ ilk, market }: SkySource): Why =>
  why(outdated, { value: ilk, market, next: "read the vault type's contracts again" });

const noCalculator = ({ ilk }: SkySource, calc: string): Why =>
  why("sky/unknown-auction-price", {
    value: `${calc} of ${ilk}`,
    next: "wait for a build that knows this calculator: what a liquidation costs here is not known",
  });
