import { ok } from "@plimsoll/core/units";
import { readClient, readReach } from "@plimsoll/venues/chain";
import { addressField, chainAccess } from "@plimsoll/venues/wire";
import * as z from "zod";
import { cometActor } from "./act.ts";
import { type CometSource, discover } from "./discover.ts";
import { cometFeed } from "./feed.ts";

const fields = {
  market: z.string().min(1).describe("names the market in quotes and accounts, for example ethereum-usdc"),
  comet: addressField.describe("the market's contract: each market has its own"),
  priceUnit: z.string().min(1).optional().describe("what its price feeds count in; USD where left out"),
};

/** One account of the market that a config names. */
export const cometAccess = chainAccess(fields, (origin, { market, comet, priceUnit }) => {
  const source: CometSource = { ...origin, market, comet, ...(priceUnit !== undefined && { priceUnit }) };
  return ok({
    feed: ({ holding }) => cometFeed(holding, source),
    actor: (wallet) => cometActor(source, wallet),
    reach: async () => {
      const client = readClient(source);
      const found = await discover(client, source);
      if (!found.ok) return found;
      const { base, assets } = found.value;
      const [owner, spender] = [source.payer ?? source.user, comet];
      return readReach(client, source, { owner, spender }, [base, ...assets]);
    },
  });
});
