// oxlint-disable import/no-relative-parent-imports -- like a test, the simulation reaches past the doors for the parts it runs
import { type Ages, defaultAges } from "@plimsoll/core/risk";
import type { TurnPorts } from "@plimsoll/core/turn";
import { engineOf } from "@plimsoll/venues";
import { sha256 } from "../../store/crypto.ts";

/** Shorter than a deployment's: in a story of seconds data grow old too. */
export const ages: Ages = {
  ...defaultAges,
  quoteMs: { ...defaultAges.quoteMs, mark: 2_800, oracle: 6_000 },
  holdingMs: { exchange: 5_000, chain: 6_000 },
};

/** What every turn of a story is made with. */
export const turnPorts: TurnPorts = { engineOf, sha256, ages };
