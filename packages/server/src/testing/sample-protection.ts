import type { BookCover, BookView, Trouble } from "@plimsoll/core/turn";
import {
  type Ms,
  DAY_MS,
  accountKey,
  assetId,
  dec,
  hash,
  holdingId,
  known,
  ms,
  quoteKey,
  unknown,
  why,
} from "@plimsoll/core/units";
import { START, sampleGuard } from "./sample-book.ts";

const desk = holdingId("desk");
const bare = { holding: desk, unit: assetId("USDT"), by: [], assumes: [], unprotectedMs: ms(DAY_MS) };
const gone = why("no-mark-price", { detail: "no mark price of SOLUSDT for 41 s" });

/** A position with a stop at its venue, one without, and one of which nothing is known; figures are made up. */
export const sampleCoverage = (at: Ms = START): readonly BookCover[] => [
  {
    ...{ ...bare, account: accountKey("cross:USDT"), instrument: "BTCUSDT", size: dec("1.25") },
    notBy: [
      why("cover/no-stop", { instrument: "BTCUSDT", next: "let a guard keep a stop at the venue" }),
      why("cover/shadow-protects-nobody", { guard: "desk-cross:USDT" }),
    ],
    atRisk: known(dec("18240.351"), at),
  },
  {
    ...{ ...bare, account: accountKey("ETHUSDT:SHORT"), instrument: "ETHUSDT", size: dec("4"), notBy: [] },
    by: [{ is: "stop", order: "77", trigger: dec("4410.5"), size: "all" }],
    assumes: [why("cover/timer-unknown", { detail: "the venue does not tell whether a timer cancels orders" })],
    unprotectedMs: ms(0),
    atRisk: known(dec("3318.09"), at),
    bound: {
      ...{ gap: dec("0.05"), quote: quoteKey("binance:ETHUSDT:mark"), side: "buy" },
      ...{ trigger: dec("4410.5"), price: dec("4631.1"), loss: known(dec("3318.09"), at), reachesLiquidation: false },
    },
  },
  { ...bare, account: accountKey("SOLUSDT:BOTH"), notBy: [gone], atRisk: unknown(gone) },
];

/** Two troubles: one that is there, one that got better. */
export const sampleTroubles = (at: Ms = START): readonly Trouble[] => [
  {
    ...{ identity: "desk/cross:USDT/level", id: hash("e1".repeat(32)), worst: "danger", danger: "danger" },
    ...{ first: ms(at - 300_000), seen: at },
    because: why("distance", { detail: "6.6% to the nearest line" }),
  },
  {
    ...{
      identity: "treasury/*/guard:treasury-all/not-released",
      id: hash("e2".repeat(32)),
      worst: "act",
      danger: "watch",
    },
    ...{ first: ms(at - 2_400_000), seen: ms(at - 900_000) },
    because: why("not-released", { detail: "health 1.168, again after 1.25" }),
  },
];

const looser = {
  ...sampleGuard("armed", "treasury"),
  bounds: { ...sampleGuard("armed", "treasury").bounds, perDay: 24 },
};

/** A loosening that a person confirmed, and a removal that nobody did. */
export const sampleWaiting = (at: Ms = START): NonNullable<BookView["waiting"]> => [
  {
    guard: "treasury-all",
    to: looser,
    loosens: [{ field: "bounds.perDay", from: "12", to: "24" }],
    confirmedAt: ms(at - 1_000),
  },
  { guard: "desk-cross:USDT", loosens: [{ field: "guard", from: "keep desk", to: "absent" }] },
];
