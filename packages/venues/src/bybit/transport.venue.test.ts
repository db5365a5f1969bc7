import { RateBudget, Transport } from "@plimsoll/venues/exchange";
import { expect, test } from "vitest";
import { bybitClient } from "./client.ts";
import { dialect } from "./transport.ts";

// source: bybit-exchange.github.io/docs/v5/rate-limit and docs/v5/error
// oxfmt-ignore
test.each([
  ["an address that asked too often", 403, "403, access too frequent",                    undefined, 600_000],
  ["too many visits of the user",     200, `{"retCode":10006,"retMsg":"Too many visits!"}`, 10_006,  1_000],
  ["too many of the address",         200, `{"retCode":10018,"retMsg":"exceeded"}`,         10_018,  1_000],
  ["a status that every venue has",   429, "slow down",                                   undefined, 60_000],
  ["an error of the venue's",         200, `{"retCode":10016,"retMsg":"service busy"}`,     10_016,  0],
] as const)("%s: it says so, and nothing is sent for a while", async (_case, status, body, code, restMs) => {
  const client = await bybitClient({ key: "k", secret: "s" });
  client.enableRateLimit = false;
  client.fetchImplementation = async () => new Response(body, { status });
  const budget = new RateBudget({ weight: 600, windowMs: 5_000, reserved: 0.4, by: "address" }, () => 0);
  const wire = new Transport(client, dialect, budget);
  const answer = await wire.ask("account/info", (each) => each.privateGetV5AccountInfo());
  expect(answer).toMatchObject({
    ok: false,
    failure: { code: "bybit/unreached", facts: { status: `${status}`, code: `${code ?? "none"}` } },
  });
  expect(budget.waitFor(1, "protect")).toBe(restMs);
});

test("an answer is no refusal where its code is 0, whatever its rows carry", () => {
  expect(dialect.refusal(200, `{"retCode":0,"retMsg":"OK","result":{"list":[{"retCode":10001}]}}`)).toBeUndefined();
});
