import { venues } from "@plimsoll/venues";
import type { ExchangeAccess, VenueModule } from "@plimsoll/venues/wire";
import * as z from "zod";
import { exchangeKeys, publicKeys } from "./account-keys.ts";
import { ADDRESS, whole } from "./units.ts";

type Reached = VenueModule & Required<Pick<VenueModule, "exchange" | "keys">>;
const isReached = (module: VenueModule): module is Reached =>
  module.exchange !== undefined && module.keys !== undefined;

const reached = venues.filter(isReached);
const common = {
  name: z.string().min(1),
  localPort: whole.optional().describe("a simulated venue on this machine instead of the real one"),
};
const user = z
  .string()
  .regex(ADDRESS, "not an address: write 0x and 40 hex digits")
  .describe("the account's public address");

const readByKey = ({ id, keys }: Reached) =>
  z.strictObject({ ...common, venue: z.literal(String(id)), keys: exchangeKeys(keys.parts) });
const readByAddress = ({ id, keys }: Reached) =>
  z.strictObject({ ...common, venue: z.literal(String(id)), user, keys: publicKeys(keys.parts).default({}) });

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
