import { ok } from "@plimsoll/core/units";
import { readClient, readReach } from "@plimsoll/venues/chain";
import { addressField, chainAccess } from "@plimsoll/venues/wire";
import * as z from "zod";
import { liquityActor } from "./act.ts";
import { type LiquitySource, discover } from "./discover.ts";
import { liquityFeed } from "./feed.ts";
import type { LiquityTerms } from "./terms.ts";

const fields = {
  market: z.string().min(1).describe("names the deployment in terms, for example ethereum"),
  registry: addressField.describe("the registry of addresses of the trove's branch: each collateral has its own"),
  trove: z
    .string()
    .regex(/^[0-9]{1,78}$/, "not a trove's number: write its digits in quotes")
    .describe("the trove's number, in quotes"),
};

/** One trove that a config names. */
export const liquityAccess = (constants: LiquityTerms) =>
  chainAccess(fields, (origin, { market, registry, trove }) => {
    const source: LiquitySource = { ...origin, market, registry, trove: BigInt(trove) };
    return ok({
      feed: ({ holding }) => liquityFeed(holding, source, constants),
      actor: (wallet) => liquityActor(source, wallet, constants),
      reach: async () => {
        const client = readClient(source);
        const found = await discover(client, source);
        if (!found.ok) return found;
        const { troveManager, stable, collateral } = found.value;
        const [owner, spender] = [source.payer ?? source.user, troveManager];
        return readReach(client, source, { owner, spender }, [stable, collateral]);
      },
    });
  });
