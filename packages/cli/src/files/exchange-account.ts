import { venues } from "@plimsoll/venues";
import type { ExchangeAccess, VenueModule } from "@plimsoll/venues/wire";
import * as z from "zod";
import { exchangeKeys, publicKeys } from "./account-keys.ts";
import { writtenLimits } from "./signer-limits.ts";
import { ADDRESS, whole } from "./units.ts";

type Reached = VenueModule & Required<Pick<VenueModule, "exchange">>;
const isReached = (module: VenueModule): module is Reached => module.exchange !== undefined;

const reached = venues.filter(isReached);
const common = {
  name: z.string().min(1),
  localPort: whole.optional().describe("a simulated venue on this machine instead of the real one"),
  limits: writtenLimits
    .optional()
    .describe("the most that is signed for this account, by plimsoll signer or by a run that has the key itself"),
};
/** An account on a chain of the Ethereum kind, or on dYdX's own. */
const PUBLIC_ADDRESS = new RegExp(`${ADDRESS.source}|^dydx1[0-9a-z]{38}$`);
const user = z
  .string()
  .regex(PUBLIC_ADDRESS, "not an address: write 0x and 40 hex digits, or one that begins with dydx1")
  .describe("the account's public address");

const readByKey = ({ id, keys }: Reached) =>
  z.strictObject({ ...common, venue: z.literal(String(id)), keys: exchangeKeys(keys?.parts ?? []) });
const readByAddress = ({ id, keys }: Reached) =>
  z.strictObject({ ...common, venue: z.literal(String(id)), user, keys: publicKeys(keys?.parts ?? []).default({}) });

/** What a config says of an account, one schema for each venue that is reached through its exchange. */
export const exchangeAccounts = [
  ...reached.filter(({ exchange }) => exchange.readBy === "key").map(readByKey),
  ...reached.filter(({ exchange }) => exchange.readBy === "address").map(readByAddress),
];

/** An account at an exchange, as a config names it. */
export type ExchangeAccount = z.output<ReturnType<typeof readByKey> | ReturnType<typeof readByAddress>>;

/** How an account's venue is reached: every account that a config can name has one. */
export const accessOfAccount = ({ venue }: ExchangeAccount): ExchangeAccess =>
  reached.find(({ id }) => id === venue)!.exchange;
