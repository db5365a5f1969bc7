import { type Result, type Why, exact, fail, mulDiv, minOf, ok, text } from "@plimsoll/core/units";
import { RAD_SCALE } from "./assess.ts";
import { RAY, WAD, rmul, wmul } from "./fixed-point.ts";
import type { Sale, SkyBody } from "./holding.ts";
import { type Position, withVault } from "./position.ts";
import { type Prices, feedPrice, spotOf } from "./prices.ts";
import { refused } from "./refused.ts";
import type { SkyTerms } from "./terms.ts";

/** What starting an auction takes out of a vault, and the auction that it starts. */
export interface Barked {
  readonly after: SkyBody;
  readonly sale: Sale;
  /** RAD of debt that left the vault. */
  readonly due: bigint;
  /** WAD that the protocol pays whoever started it. */
  readonly keeper: bigint;
}

/**
 * A stranger starts an auction now: of the whole vault, or of as much as the limits on running auctions leave room for.
 * @returns why not: safe, no room, a part too small to be worth an auction.
 * @source makerdao/dss dog.sol bark, clip.sol kick
 */
export function bark(body: SkyBody, position: Position, prices: Prices, terms: SkyTerms): Result<Barked, Why> {
  const { vault, rate, debt, terms: ilk } = position;
  if (vault.ink * spotOf(prices.current, ilk, terms) >= debt)
    return fail(
      refused("Dog/not-unsafe", { vault: vault.id, next: "nothing: the vault is safe at the price in force" }),
    );
  const dart = dartOf(body, position, terms);
  if (!dart.ok) return dart;
  const dink = mulDiv(vault.ink, dart.value, vault.art, "down");
  if (dink === 0n)
    return fail(refused("Dog/null-auction", { vault: vault.id, next: "nothing: it holds no collateral" }));
  const due = dart.value * rate;
  const tab = wmul(due, ilk.chop);
  const top = rmul(feedPrice(prices.current, terms), ilk.auction.buf);
  const sale = { vault: vault.id, ilk: vault.ilk, tab, penalty: tab - due, lot: dink, top, tic: body.timestamp };
  const taken = withVault(body, { ...vault, ink: vault.ink - dink, art: vault.art - dart.value });
  const keeper = (ilk.auction.tip + wmul(tab, ilk.auction.chip)) / RAY;
  return ok({ after: withDirt({ ...taken, sales: [...taken.sales, sale] }, vault.ilk, tab), sale, due, keeper });
}

/** How much normalised debt one call takes. */
function dartOf(body: SkyBody, { vault, held, rate, terms: ilk }: Position, terms: SkyTerms): Result<bigint, Why> {
  const room = roomOf(body.dirt, held.dirt, ilk.hole, terms.hole);
  if (room <= 0n)
    return fail(
      refused("Dog/liquidation-limit-hit", { vault: vault.id, next: "wait: running auctions must end first" }),
    );
  const dart = minOf(vault.art, (room * WAD) / rate / ilk.chop);
  if (dart === vault.art || (vault.art - dart) * rate < ilk.dust) return ok(vault.art);
  if (dart * rate >= ilk.dust) return ok(dart);
  return fail(
    refused("Dog/dusty-auction-from-partial-liquidation", {
      vault: vault.id,
      room: text(exact(room, RAD_SCALE)),
      next: "wait: running auctions must end first",
    }),
  );
}

/** Limits less what runs; auctions that were not read take no room, which leaves the owner worst. */
const roomOf = (dirt: SkyBody["dirt"], ilkDirt: SkyBody["dirt"], ilkHole: bigint, hole: bigint): bigint =>
  minOf(hole - (dirt === "unknown" ? 0n : dirt), ilkHole - (ilkDirt === "unknown" ? 0n : ilkDirt));

/** The holding with more, or less, to be raised by running auctions. */
export function withDirt(body: SkyBody, ilk: string, tab: bigint): SkyBody {
  const plus = (dirt: SkyBody["dirt"]) => (dirt === "unknown" ? dirt : dirt + tab);
  const ilks = body.ilks.map((each) => (each.ilk === ilk ? { ...each, dirt: plus(each.dirt) } : each));
  return { ...body, dirt: plus(body.dirt), ilks };
}
