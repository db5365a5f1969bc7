import { ms } from "@plimsoll/core/units";
import { type KeyPermission, type SaidPermission, type VenueKeys, permissionOf, unsaid } from "@plimsoll/venues/wire";
import * as z from "zod";
import { type Client, WEIGHT, type Wire, wireOf } from "./transport.ts";
import { BYBIT } from "./written.ts";

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
  permissionOf(BYBIT, Answer.safeParse(raw), ({ result }): SaidPermission => {
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

/** Asks what the client's key may do. */
export async function askPermission(wire: Wire): Promise<KeyPermission> {
  const cost = { weight: WEIGHT.private, purpose: "read" } as const;
  const answer = await wire.call((each) => each.privateGetV5UserQueryApi(), cost);
  if (answer.ok) return readPermission(answer.value);
  const { status, code, message } = answer.failure;
  return unsaid(BYBIT, { status: `${status ?? "none"}`, code: `${code ?? "none"}`, detail: message });
}

/** The same for a client that nothing else is done with. */
export const askKey = (client: Client): Promise<KeyPermission> => askPermission(wireOf(client));
