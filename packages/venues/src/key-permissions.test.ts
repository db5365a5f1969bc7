// What each venue says of a key, in the shapes of its documentation; every answer that is damaged says nothing.
import { ms } from "@plimsoll/core/units";
import type { SaidPermission } from "@plimsoll/venues/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keys as bybit } from "./bybit/key-permission.ts";
import { keys as deribit } from "./deribit/key-permission.ts";
import { keys as hyperliquid } from "./hyperliquid/key-permission.ts";
import { keys as okx } from "./okx/key-permission.ts";

const RUNS = Number(process.env["PLIMSOLL_RUNS"] ?? 200);

// source: GET /v5/user/query-api, bybit-exchange.github.io/docs/v5/user/apikey-info; other fields left out
const ofBybit = (readOnly: number, wallet: string[], trade: string[], ips = ["*"], expiredAt = "") => ({
  retCode: 0,
  retMsg: "",
  result: {
    readOnly,
    permissions: { ContractTrade: trade, Spot: [], Wallet: wallet, Options: [], Derivatives: [], Exchange: [] },
    ips,
    type: 1,
    deadlineDay: 83,
    expiredAt,
  },
});
// source: GET /api/v5/account/config, fields perm and ip
const ofOkx = (perm: string, ip: string) => ({ code: "0", data: [{ acctLv: "2", perm, ip }], msg: "" });
// source: public/auth, docs.deribit.com/articles/access-scope
const ofDeribit = (scope: string) => ({ jsonrpc: "2.0", id: 1, result: { expires_in: 900, scope } });

const said = (trades: boolean, transfers: boolean, withdraws: boolean, ipBound: SaidPermission["ipBound"]) => ({
  is: "said",
  ...{ trades, transfers, withdraws, ipBound },
});
const ORDERS = ["Order", "Position"];
// oxfmt-ignore
const answers = [
  // case                                 venue          answer                                                            trades, transfers, withdraws, bound to addresses
  ["reads only, whatever is listed",      bybit,         ofBybit(1, ["AccountTransfer", "Withdraw"], ORDERS),              said(false, false, false, false)],
  ["trades from one address",             bybit,         ofBybit(0, [], ORDERS, ["203.0.113.7"]),                          said(true, false, false, true)],
  ["transfers",                           bybit,         ofBybit(0, ["AccountTransfer", "SubMemberTransfer"], []),         said(false, true, false, false)],
  ["withdraws",                           bybit,         ofBybit(0, ["AccountTransfer", "Withdraw"], ORDERS),              said(true, true, true, false)],
  ["reads only",                          okx,           ofOkx("read_only", "203.0.113.7,203.0.113.8"),                    said(false, false, false, true)],
  ["trades, and therefore transfers",     okx,           ofOkx("read_only,trade", ""),                                     said(true, true, false, false)],
  ["withdraws",                           okx,           ofOkx("read_only,withdraw,trade", ""),                            said(true, true, true, false)],
  ["reads only",                          deribit,       ofDeribit("account:read connection mainaccount trade:read wallet:read"), said(false, false, false, "unknown")],
  ["trades",                              deribit,       ofDeribit("account:read trade:read_write wallet:none"),           said(true, false, false, "unknown")],
  ["trades in blocks",                    deribit,       ofDeribit("account:read block_trade:read_write trade:read"),      said(true, false, false, "unknown")],
  ["withdraws",                           deribit,       ofDeribit("session:apiconsole wallet:read_write account:read"),   said(false, true, true, "unknown")],
  ["an agent trades",                     hyperliquid,   { role: "agent", data: { user: "0x00" } },                        said(true, false, false, false)],
  ["a user's own key moves everything",   hyperliquid,   { role: "user" },                                                 said(true, true, true, false)],
] as const;
test.each(answers)("%s", (_case, venue, answer, expected) => {
  expect(venue.readPermission(answer)).toMatchObject(expected);
});

test("the end of a key of Bybit is read; bound to addresses it has none", () => {
  const ends = ofBybit(0, [], ORDERS, ["*"], "2026-12-01T03:21:05Z");
  expect(bybit.readPermission(ends)).toMatchObject({ expires: ms(Date.UTC(2026, 11, 1, 3, 21, 5)) });
  expect(bybit.readPermission(ofBybit(0, [], ORDERS, ["203.0.113.7"]))).toMatchObject({ expires: "never" });
  expect(bybit.readPermission(ofBybit(0, [], ORDERS))).toMatchObject({ expires: "unknown" });
});

// oxfmt-ignore
test.each([
  ["bybit refuses",                       bybit,         { retCode: 10003, retMsg: "API key is invalid.", result: {} }],
  ["bybit without the wallet's part",     bybit,         { retCode: 0, result: { readOnly: 0, permissions: { ContractTrade: [] }, ips: ["*"] } }],
  ["bybit reads only as text",            bybit,         { ...ofBybit(0, [], []), result: { ...ofBybit(0, [], []).result, readOnly: "1" } }],
  ["bybit names a wallet permission we do not know", bybit, ofBybit(0, ["AccountTransfer", "WithdrawToContract"], [])],
  ["okx refuses",                         okx,           { code: "50111", data: [], msg: "Invalid OK-ACCESS-KEY" }],
  ["okx names a permission we do not know", okx,         ofOkx("read_only,withdrawal", "")],
  ["okx names none",                      okx,           ofOkx("", "")],
  ["deribit refuses",                     deribit,       { error: { code: 13004, message: "invalid_credentials" } }],
  ["deribit names no area",               deribit,       ofDeribit("connection mainaccount")],
  ["deribit names a level we do not know", deribit,      ofDeribit("wallet:write trade:read")],
  ["hyperliquid does not know the address", hyperliquid, { role: "missing" }],
  ["an account without a key of its own", hyperliquid,   { role: "subAccount", data: { master: "0x00" } }],
] as const)("%s: unknown, never harmless", (_case, venue, answer) => {
  expect(venue.readPermission(answer)).toMatchObject({ is: "unknown", why: { facts: { next: expect.any(String) } } });
});

describe("damaged answers", () => {
  const withdrawing = answers.filter(([, , , expected]) => expected.withdraws);
  test.each(withdrawing)("%s: no damage to its values makes a key harmless", (_case, venue, answer) => {
    const junk = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.string(), fc.constant([]), fc.constant({}));
    fc.assert(
      fc.property(fc.nat(), junk, (at, value) => {
        const found = venue.readPermission(replaced(answer, at, value));
        if (found.is === "unknown") return;
        expect(found.withdraws || saysNo(value)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});

/** Junk that is by chance a well-formed "no": an empty list of wallet permissions. */
const saysNo = (value: unknown): boolean => Array.isArray(value);

/** The same answer with its n-th value (counting objects, lists and leaves) replaced. */
function replaced(answer: unknown, at: number, by: unknown): unknown {
  let count = 0;
  JSON.stringify(answer, (_key, value: unknown) => ((count += 1), value));
  const target = at % count;
  let seen = -1;
  return JSON.parse(JSON.stringify(answer, (_key, value: unknown) => ((seen += 1), seen === target ? by : value)));
}
