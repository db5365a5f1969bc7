import { ok } from "@plimsoll/core/units";
import { readClient, readReach } from "@plimsoll/venues/chain";
import { addressField, chainAccess } from "@plimsoll/venues/wire";
import * as z from "zod";
import { aaveActor } from "./act.ts";
import { type AaveSource, discover } from "./discover.ts";
import { aaveFeed } from "./feed.ts";
import { marketOf } from "./markets.ts";
import { withPendingChanges } from "./pending-feed.ts";

const fields = {
  market: z.string().min(1).optional().describe("a market known by name; ethereum-core where left out"),
  addressesProvider: addressField.optional().describe("PoolAddressesProvider of a market that is not known by name"),
  timelocks: z
    .array(addressField)
    .default([])
    .describe(
      "contracts in which changes of this market wait before they run; what is queued there is told and assessed",
    ),
};

/** One account of the market that a config names, and what waits in that market's queues. */
export const aaveAccess = chainAccess(fields, (origin, { market, addressesProvider, timelocks }) => {
  const found = marketOf(addressesProvider ?? market ?? "ethereum-core", origin.chainId);
  if (!found.ok) return found;
  const source: AaveSource = { ...origin, ...found.value };
  const queues = timelocks.map((timelock) => ({ timelock }));
  return ok({
    feed: ({ holding, termsEveryMs: everyMs = 3_600_000 }) =>
      withPendingChanges(aaveFeed(holding, source), source, queues, { everyMs }),
    actor: (wallet) => aaveActor(source, wallet),
    reach: async () => {
      const client = readClient(source);
      const known = await discover(client, source);
      if (!known.ok) return known;
      const { pool, reserves } = known.value;
      return readReach(client, source, { owner: source.payer ?? source.user, spender: pool }, reserves);
    },
  });
});
