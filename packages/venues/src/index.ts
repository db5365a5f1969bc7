import type { BoundEngine } from "@plimsoll/core/margin";
import type { VenueId } from "@plimsoll/core/units";
import type { VenueModule } from "@plimsoll/venues/wire";
import { aaveV3 } from "./aave-v3/index.ts";
import { binance } from "./binance/index.ts";
import { binanceCoinm } from "./binance-coinm/index.ts";
import { binancePm } from "./binance-pm/index.ts";
import { bybit } from "./bybit/index.ts";
import { compoundV3 } from "./compound-v3/index.ts";
import { deribit } from "./deribit/index.ts";
import { dydxV4 } from "./dydx-v4/index.ts";
import { hyperliquid } from "./hyperliquid/index.ts";
import { liquityV2 } from "./liquity-v2/index.ts";
import { morphoBlue } from "./morpho-blue/index.ts";
import { okx } from "./okx/index.ts";
import { sky } from "./sky/index.ts";

/** Every margin system this build models; a new venue is one folder and one line here. */
export const venues: readonly VenueModule[] = [
  aaveV3,
  binance,
  binanceCoinm,
  binancePm,
  bybit,
  compoundV3,
  deribit,
  dydxV4,
  hyperliquid,
  liquityV2,
  morphoBlue,
  okx,
  sky,
];

/** The engine of a venue's rule set; undefined where this build does not model it. */
export const engineOf = (venue: VenueId, rules: string): BoundEngine | undefined =>
  venues.find((module) => module.id === venue && module.rules.includes(rules))?.engine;
