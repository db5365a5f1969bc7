import { venues } from "@plimsoll/venues";
import { type ChainAccess, type VenueModule, addressField } from "@plimsoll/venues/wire";
import * as z from "zod";
import { noKeys, walletKeys } from "./account-keys.ts";
import { secretSource } from "./secrets.ts";
import { writtenLimits } from "./signer-limits.ts";
import { duration, positive, whole } from "./units.ts";

type Reached = VenueModule & Required<Pick<VenueModule, "chain">>;
const isReached = (module: VenueModule): module is Reached => module.chain !== undefined;
const reached = venues.filter(isReached);

const endpoint = z.union([z.url({ protocol: /^https?$/ }), secretSource], {
  error: "not an endpoint: write an address with http:// or https://, or { env: VARIABLE } where it carries a key",
});

const relay = z.strictObject({
  url: endpoint,
  publicAfter: z
    .union([duration, z.literal("never")])
    .describe("how long nobody else is told; never: what the relay drops is not sent at all"),
});

const written = ({ id, chain, keys }: Reached) =>
  z.strictObject({
    name: z.string().min(1),
    venue: z.literal(String(id)),
    rpc: z
      .union([endpoint, z.array(endpoint).min(1)])
      .transform((named) => (Array.isArray(named) ? named : [named]))
      .describe(
        "endpoints of different operators, the main one first: only what two of them say is acted on; an address may carry a key: then name its variable",
      ),
    chainId: whole,
    singleOperator: z
      .boolean()
      .optional()
      .describe("true for a node of your own: what it alone says is acted on, nobody confirms it"),
    confirmations: whole
      .refine((count) => count > 0, "must be above 0")
      .prefault("2")
      .describe(
        "blocks, a transaction's own included, until it counts as done; 1 on a chain that never replaces a block",
      ),
    relay: relay
      .optional()
      .describe("an endpoint that keeps transactions from public view: it has every message first, or alone"),
    feeCap: positive
      .optional()
      .describe(
        "the most that the fees of one action may come to where its plan does not say, in the chain's own coin",
      ),
    multicall: addressField.optional().describe("Multicall3 on a chain where it is not at its usual address"),
    user: addressField.describe("the account's address"),
    payer: addressField
      .optional()
      .describe("address of the wallet that acts, where its key is with the signer alone; default: the account's own"),
    limits: writtenLimits
      .optional()
      .describe("the most that is signed for this account, by plimsoll signer or by a run that has the key itself"),
    ...chain.fields,
    keys: (keys === undefined ? noKeys : walletKeys).default({}),
  });

/** What a config says of an account, one schema for each venue that is read on a chain. */
export const chainAccounts = reached.map(written);

/** An account on a chain, as a config names it. */
export type ChainAccount = z.output<ReturnType<typeof written>>;

/** How an account's venue is reached: every account that a config can name has one. */
export const chainAccessOf = ({ venue }: ChainAccount): ChainAccess => reached.find(({ id }) => id === venue)!.chain;
