import type { Connection } from "@plimsoll/keeper";
import type { Moment } from "./market-path.ts";

/** One half of the demo's book on its venue: how the keeper is connected, and how the market moves it. */
export interface Half {
  readonly connection: Connection;
  /** Plays one moment; the venue acts on it at once, before anybody else sees it. */
  readonly move: (moment: Moment) => Promise<void>;
  readonly stop: () => Promise<void>;
}
