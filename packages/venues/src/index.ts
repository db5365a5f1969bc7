import type { VenueModule } from "@plimsoll/venues/wire";
import { aaveV3 } from "./aave-v3/index.ts";
import { binance } from "./binance/index.ts";

/** Every margin system this build models; a new venue is one folder and one line here. */
export const venues: readonly VenueModule[] = [aaveV3, binance];
