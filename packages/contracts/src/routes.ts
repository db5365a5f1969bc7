import { type Result, type Why, ok } from "@plimsoll/core/units";
import { type Hex, encodeAbiParameters } from "viem";
import { pairRouteAbi } from "./bindings/index.ts";
import { type Reader, readContract } from "./reader.ts";

/** What selling an amount brings, by a state that was read once; never less where more is sold. */
export type Curve = (amountIn: bigint) => bigint;

/** A way to sell one token for another. */
export interface Route {
  readonly name: string;
  /** The contract that swaps. */
  readonly address: Hex;
  readonly curve: Curve;
  /** What the contract is told where so much is wanted. */
  readonly data: (wanted: bigint) => Hex;
}

/** What a route sells and brings. */
export interface Deal {
  readonly route: Route;
  readonly amountIn: bigint;
  readonly amountOut: bigint;
}

/** What a pair that keeps the product of its reserves pays; `counted` of 1,000 units sold count after its fee. */
export const pairCurve =
  (reserveIn: bigint, reserveOut: bigint, counted: bigint): Curve =>
  (amountIn) =>
    (amountIn * counted * reserveOut) / (reserveIn * 1_000n + amountIn * counted);

/** The least that brings `wanted`, by bisection; undefined where `most` does not. */
export function leastInput(curve: Curve, wanted: bigint, most: bigint): bigint | undefined {
  if (most <= 0n || curve(most) < wanted) return undefined;
  let [short, enough] = [-1n, most];
  while (enough - short > 1n) {
    const middle = (short + enough) / 2n;
    if (curve(middle) >= wanted) enough = middle;
    else short = middle;
  }
  return enough;
}

/** The route that gives the least for `wanted`; where none brings it with `most`, the one that brings the most for all of it. */
export function bestDeal(routes: readonly Route[], wanted: bigint, most: bigint): Deal | undefined {
  const whole = routes.flatMap((route): readonly Deal[] => {
    const amountIn = leastInput(route.curve, wanted, most);
    return amountIn === undefined ? [] : [{ route, amountIn, amountOut: route.curve(amountIn) }];
  });
  const [cheapest] = whole.toSorted((a, b) => (a.amountIn < b.amountIn ? -1 : 1));
  if (cheapest !== undefined || most <= 0n) return cheapest;
  const partial = routes.map((route): Deal => ({ route, amountIn: most, amountOut: route.curve(most) }));
  return partial.toSorted((a, b) => (a.amountOut > b.amountOut ? -1 : 1)).find(({ amountOut }) => amountOut > 0n);
}

/** The pair's route as it stands now; a failure where it keeps no pair of the tokens. */
export async function readPairRoute(
  reader: Reader,
  { name, address }: { readonly name: string; readonly address: Hex },
  tokenIn: Hex,
  tokenOut: Hex,
): Promise<Result<Route, Why>> {
  const at = { to: address, abi: pairRouteAbi };
  const counted = await readContract(reader, at, "COUNTED", []);
  if (!counted.ok) return counted;
  const reserves = await readContract(reader, at, "reservesOf", [tokenIn, tokenOut]);
  if (!reserves.ok) return reserves;
  const [reserveIn, reserveOut] = reserves.value;
  return ok({
    name,
    address,
    curve: pairCurve(reserveIn, reserveOut, counted.value),
    data: (wanted) => encodeAbiParameters([{ type: "uint256" }], [wanted]),
  });
}
