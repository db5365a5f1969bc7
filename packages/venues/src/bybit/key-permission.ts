import { ms } from "@plimsoll/core/units";
import { type KeyPermission, type SaidPermission, type VenueKeys, permissionOf } from "@plimsoll/venues/wire";
import * as z from "zod";

const names = z.array(z.string());
const TRANSFERS = ["AccountTransfer", "SubMemberTransfer", "SubMemberTransferList"] as const;
/** Another word about the wallet could mean anything: then the answer is not understood. */
const walletNames = z.array(z.enum([...TRANSFERS, "Withdraw"]));
const Answer = z.object({
  retCode: z.literal(0),
  result: z.object({
    /** 0: reads and writes, whatever `permissions` lists; 1: reads only. */
    readOnly: z.union([z.literal(0), z.literal(1)]),
    permissions: z.object({
      ContractTrade: names,
      Wallet: walletNames,
      Spot: names.default([]),
      Options: names.default([]),
      Derivatives: names.default([]),
    }),
    ips: names,
    /** A key that is bound to addresses has no end. */
    expiredAt: z.iso.datetime().nullish().or(z.literal("")),
  }),
});

/**
 * Reads the answer about a key.
 * @source GET /v5/user/query-api, bybit-exchange.github.io/docs/v5/user/apikey-info: `ips` is "*" where any address may call.
 */
export const readPermission = (raw: unknown): KeyPermission =>
  permissionOf("bybit", Answer.safeParse(raw), ({ result }): SaidPermission => {
    const { permissions, ips, expiredAt } = result;
    const writes = result.readOnly === 0;
    const trading = [permissions.ContractTrade, permissions.Spot, permissions.Options, permissions.Derivatives];
    const ipBound = ips.length > 0 && !ips.includes("*");
    return {
      is: "said",
      trades: writes && trading.some((each) => each.length > 0),
      transfers: writes && TRANSFERS.some((name) => permissions.Wallet.includes(name)),
      withdraws: writes && permissions.Wallet.includes("Withdraw"),
      ipBound,
      expires: expiredAt ? ms(Date.parse(expiredAt)) : ipBound ? "never" : "unknown",
    };
  });

/** A Bybit key: the API key and its secret. */
export const keys = { parts: ["key", "secret"], readPermission } satisfies VenueKeys;
