import type { Line } from "@plimsoll/core/margin";
import type { Guard } from "@plimsoll/core/policy";
import type { Danger } from "@plimsoll/core/risk";
import type { AccountView, BookView, Boundary } from "@plimsoll/core/turn";
import {
  type Ms,
  accountKey,
  add,
  assetId,
  dec,
  exact,
  holdingId,
  known,
  ms,
  none,
  quoteKey,
  quotient,
  subtract,
  unknown,
  venueId,
  why,
} from "@plimsoll/core/units";

/** A moment of the 2025-10 crash. */
export const START = ms(Date.UTC(2025, 9, 10, 21, 14, 5));

type Edge = readonly [quote: string, kind: Boundary["kind"], now: number, down: number | undefined, up?: number];

interface Sample {
  readonly holding: string;
  readonly venue: "aave-v3" | "binance";
  readonly account: string;
  readonly unit: string;
  readonly danger: Danger;
  readonly have?: string;
  readonly need?: string;
  readonly boundaries?: readonly Edge[];
}

const address = (first: string, last: string) => `aave-v3:ethereum:0x${first}${"0".repeat(32)}${last}`;

// oxfmt-ignore
/** One account of each kind that the display rules tell apart: figures are made up, their relations are not. */
const samples: readonly Sample[] = [
  { holding: "desk", venue: "binance", account: "cross:USDT", unit: "USDT", danger: "danger", have: "18240.35", need: "16905.11", boundaries: [["binance:BTCUSDT:mark", "mark", 111_942.4, 104_518.7]] },
  { holding: "treasury", venue: "aave-v3", account: address("7a3f", "91c2"), unit: "USD", danger: "act", have: "352841.20", need: "302117.88", boundaries: [["aave-v3:ethereum:WETH:oracle", "oracle", 3_812.44, 3_264.37], ["aave-v3:ethereum:USDC:oracle", "oracle", 0.9998, undefined, 1.1676]] },
  { holding: "desk", venue: "binance", account: "ETHUSDT:SHORT", unit: "USDT", danger: "watch", have: "9120.00", need: "6110.44", boundaries: [["binance:ETHUSDT:mark", "mark", 3_810.12, 1_902.55, 5_288.9]] },
  { holding: "savings", venue: "aave-v3", account: address("51d0", "07ab"), unit: "USD", danger: "safe", have: "81200.00", need: "20455.31", boundaries: [["aave-v3:ethereum:WBTC:oracle", "oracle", 111_890, 28_186.2]] },
  { holding: "idle", venue: "aave-v3", account: address("e2b8", "4d10"), unit: "USD", danger: "safe" },
  { holding: "desk", venue: "binance", account: "SOLUSDT:BOTH", unit: "USDT", danger: "unknown" },
];

const boundary = ([quote, kind, now, down, up]: Edge): Boundary => ({
  quote: quoteKey(quote),
  kind,
  now,
  ...(down !== undefined && { down }),
  ...(up !== undefined && { up }),
});

function lineOf(have: string, need: string): Line {
  const surplus = subtract(dec(have), dec(need));
  return {
    name: "maintenance",
    required: dec(need),
    surplus,
    health: quotient(dec(have), dec(need), 18, "down"),
    crossed: surplus.digits < 0n,
    strict: true,
    meaning: "below it the venue takes collateral",
  };
}

function accountOf(
  { holding, venue, account, unit, danger, have, need, boundaries = [] }: Sample,
  at: Ms,
): AccountView {
  const line = have !== undefined && need !== undefined ? lineOf(have, need) : undefined;
  const noPrice = why("no-mark-price", {
    detail: "no mark price of SOLUSDT for 41 s, budget 5 s",
    next: "plimsoll doctor",
  });
  const equity = danger === "unknown" ? unknown(noPrice) : known(add(dec(have ?? "1200.5"), exact(0n, 8)), at, "venue");
  const moves = boundaries.flatMap(([, , now, down, up]) =>
    [down, up].map((price) => price && Math.abs(price / now - 1)),
  );
  const shares = moves.filter((move) => move !== undefined);
  return {
    holding: holdingId(holding),
    venue: venueId(venue),
    rules: venue === "aave-v3" ? "r10" : "usdm",
    account: accountKey(account),
    asOf: ms(danger === "unknown" ? at - 41_000 : at - 2_000),
    danger,
    because: danger === "unknown" ? noPrice : why("distance", { detail: sayDistance(shares) }),
    ...(danger !== "unknown" && {
      assessment: {
        account: accountKey(account),
        unit: assetId(unit),
        equity,
        free: none(why("not-asked")),
        lines: line ? [line] : [],
        explain: { name: "health", value: "" },
      },
    }),
    ...(line && { maintenance: line }),
    equity,
    boundaries: boundaries.map(boundary),
    ...(shares.length > 0 && { distance: Math.min(...shares) }),
  };
}

const sayDistance = (shares: readonly number[]) =>
  shares.length === 0 ? "no debt" : `${(Math.min(...shares) * 100).toFixed(1)}% to the nearest line`;

export const sampleGuard = (mode: Guard["mode"], holding: string, account?: string): Guard => ({
  id: `${holding}-${account ?? "all"}`,
  name: `keep ${holding}`,
  scope: { holding: holdingId(holding), ...(account !== undefined && { account: accountKey(account) }) },
  trigger: { when: "health", line: "maintenance", below: dec("1.20"), release: dec("1.25"), urgent: dec("1.08") },
  target: { want: "health", at: dec("1.45") },
  ladder: [{ use: "repay", asset: assetId("USDC"), most: dec("50000") }],
  bounds: { confirmMs: ms(5_000), coolDownMs: ms(60_000), maxAgeMs: ms(30_000), perDay: 12 },
  mode,
});

/** A book with one account of each kind, at a time and with guards that the caller chooses. */
export const sampleBook = (
  at: Ms = START,
  guards: readonly Guard[] = [sampleGuard("armed", "treasury"), sampleGuard("shadow", "desk", "cross:USDT")],
): BookView => ({
  at,
  seq: 41n,
  mode: "armed",
  accounts: samples.map((sample) => accountOf(sample, at)),
  holdings: [],
  guards,
  reserves: [],
  open: [],
});
