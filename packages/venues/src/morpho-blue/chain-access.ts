import { ok } from "@plimsoll/core/units";
import { readClient, readReach } from "@plimsoll/venues/chain";
import { addressField, chainAccess, wordField } from "@plimsoll/venues/wire";
import * as z from "zod";
import { morphoActor } from "./act.ts";
import { type MorphoSource, discover, morphoOf } from "./discover.ts";
import { morphoFeed } from "./feed.ts";

const fields = {
  markets: z
    .array(wordField)
    .min(1)
    .describe("ids of the markets, as block explorers show them: the contract keeps no list of an owner's markets"),
  deployment: z
    .string()
    .min(1)
    .optional()
    .describe("names the chain in quotes and accounts; Ethereum and Base are known by their ids"),
  morpho: addressField.optional().describe("Morpho on another chain than Ethereum and Base"),
};

/** Chains where Morpho has its canonical address. @source @morpho-org/blue-sdk 6.4.0, addresses.ts */
const deployments: Readonly<Record<number, string>> = { 1: "ethereum", 8_453: "base" };

/** The positions of one owner in the markets that a config names. */
export const morphoAccess = chainAccess(fields, ({ user, ...origin }, { markets, deployment, morpho }) => {
  const source: MorphoSource = {
    ...origin,
    owner: user,
    markets,
    deployment: deployment ?? deployments[origin.chainId] ?? `chain-${origin.chainId}`,
    ...(morpho !== undefined && { morpho }),
  };
  return ok({
    feed: ({ holding }) => morphoFeed(holding, source),
    actor: (wallet) => morphoActor(source, wallet),
    reach: async () => {
      const client = readClient(source);
      const found = await discover(client, source);
      if (!found.ok) return found;
      const named = found.value.flatMap(({ terms }) => [terms.loan, terms.collateral]);
      const tokens = [...new Map(named.map((each) => [each.address, each])).values()];
      return readReach(client, source, { owner: source.payer ?? user, spender: morphoOf(source) }, tokens);
    },
  });
});
