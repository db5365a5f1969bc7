import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type ChainSource, type Token, aggregateOf, checkEndpoint, lower, readTokens } from "@plimsoll/venues/chain";
import { type Hex, type PublicClient, stringToHex } from "viem";
import { aroundAbi, clipAbi, dogAbi, spotterAbi } from "./abi.ts";

/** Which vault to read, and the contracts of its core; none of their addresses is assumed. */
export interface SkySource extends ChainSource {
  /** Names the core in terms: "ethereum". */
  readonly market: string;
  readonly ilk: string;
  /** The vault's address in the vat. */
  readonly urn: Hex;
  readonly user: Hex;
  /** Whose wallet pays; defaults to the user. */
  readonly payer?: Hex;
  readonly spotter: Hex;
  readonly jug: Hex;
  readonly dog: Hex;
  /** Tells the token of a vault type. */
  readonly registry: Hex;
  readonly dai: Hex;
  readonly usds?: Hex;
  /** Flash mint of the stablecoin. */
  readonly flash: Hex;
}

/** What only governance moves, and what every snapshot compares. */
export interface Discovered {
  readonly vat: Hex;
  readonly pip: Hex;
  readonly clip: Hex;
  readonly calc: Hex;
  readonly collateral: Token;
  readonly stable: Token;
  readonly other: Token | undefined;
}

export const ilkWord = ({ ilk }: Pick<SkySource, "ilk">): Hex => stringToHex(ilk, { size: 32 });

/** Finds the parts of one vault type. @returns why not: another chain, no such contract or type, parts of different cores. */
export async function discover(client: PublicClient, source: SkySource): Promise<Result<Discovered, Why>> {
  const expected = await checkEndpoint(client, source);
  if (!expected.ok) return expected;
  const word = ilkWord(source);
  const first = aggregateOf(clipAbi);
  const vats = [source.dog, source.jug, source.spotter].map((address) => first.add(address, "vat"));
  const spot = first.with(spotterAbi).add(source.spotter, "ilks", word);
  const dog = first.with(dogAbi).add(source.dog, "ilks", word);
  const gem = first.with(aroundAbi).add(source.registry, "gem", word);
  const found = await first.run(client, source);
  if (!found.ok) return found;
  const [vat, ...others] = vats.map((each) => lower(each())) as [Hex, ...Hex[]];
  const [pip, clip] = [lower(spot()[0]), lower(dog()[0])];
  if (others.some((each) => each !== vat)) return fail(apart(source, "dog, jug and spotter"));
  if ([pip, clip, gem()].some((each) => BigInt(each) === 0n)) return fail(noSuchType(source));
  const second = aggregateOf(clipAbi);
  const [clipVat, clipIlk, calc] = [second.add(clip, "vat"), second.add(clip, "ilk"), second.add(clip, "calc")];
  const asked = await second.run(client, source);
  if (!asked.ok) return asked;
  if (lower(clipVat()) !== vat || clipIlk() !== word) return fail(apart(source, "the vault type's auctions"));
  const tokens = await readTokens(client, source, [gem(), source.dai, ...(source.usds ? [source.usds] : [])]);
  if (!tokens.ok) return tokens;
  const token = (address: Hex) => tokens.value.get(lower(address))!;
  return ok({
    ...{ vat, pip, clip, calc: lower(calc()) },
    collateral: token(gem()),
    stable: token(source.dai),
    other: source.usds && token(source.usds),
  });
}

const apart = ({ market }: SkySource, what: string): Why =>
  why("sky/parts-of-different-cores", {
    value: `${what} do not serve the same vat`,
    market,
    next: "check the addresses of dog, jug and spotter: all come from one list of the protocol's contracts",
  });

const noSuchType = ({ ilk, market }: SkySource): Why =>
  why("sky/no-such-vault-type", {
    value: ilk,
    market,
    next: "write the type as the core does, for example ETH-A; types without auctions or a price are not read",
  });
