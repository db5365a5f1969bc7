import { ok } from "@plimsoll/core/units";
import { readClient, readReach } from "@plimsoll/venues/chain";
import { addressField, chainAccess } from "@plimsoll/venues/wire";
import * as z from "zod";
import { skyActor } from "./act.ts";
import { type SkySource, discover } from "./discover.ts";
import { skyFeed } from "./feed.ts";

const fields = {
  market: z.string().min(1).describe("names the core in terms, for example ethereum"),
  ilk: z.string().min(1).max(32).describe("the vault's type as the core writes it, for example ETH-A"),
  urn: addressField.describe("the vault's address in the core: for a numbered vault what the manager's urns answers"),
  spotter: addressField.describe("the core's spotter"),
  jug: addressField.describe("the core's jug"),
  dog: addressField.describe("the core's dog"),
  registry: addressField.describe("the registry that knows each type's token"),
  dai: addressField.describe("the stablecoin that repays"),
  usds: addressField.optional().describe("the upgraded stablecoin; its balance is shown beside"),
  flash: addressField.describe("the contract that lends the stablecoin for one transaction"),
};

/** One vault that a config names. */
export const skyAccess = chainAccess(fields, (origin, { usds, ...named }) => {
  const source: SkySource = { ...origin, ...named, ...(usds !== undefined && { usds }) };
  return ok({
    feed: ({ holding }) => skyFeed(holding, source),
    actor: (wallet) => skyActor(source, wallet),
    reach: async () => {
      const client = readClient(source);
      const found = await discover(client, source);
      if (!found.ok) return found;
      const { vat, stable, other, collateral } = found.value;
      const tokens = [stable, collateral, ...(other === undefined ? [] : [other])];
      return readReach(client, source, { owner: source.payer ?? source.user, spender: vat }, tokens);
    },
  });
});
