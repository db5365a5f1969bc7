import { expect, test } from "vitest";
import { createRedact } from "./keys/redact.ts";
import { createLog } from "./log.ts";

function written(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog("info", { write: (line) => void lines.push(line) }, createRedact(['k-7Qz"ü'])));
  return lines.join("");
}

test.each([
  ["a field", { apiKey: "hunter2" }],
  ["a nested field", { exchange: { options: { deep: { secret: "hunter2", API_KEY: "hunter2" } } } }],
  ["a header", { headers: { "X-MBX-APIKEY": "hunter2", Authorization: "Bearer hunter2" } }],
  ["a URL in a message", { detail: "connect postgres://me:hunter2@db:5432/x failed" }],
  ["an error", { err: new Error("GET /fapi/v3/account?timestamp=1&signature=hunter2 failed, listenKey=hunter2") }],
  ["a quoted URL in an error", { err: 'said "GET /x?signature=hunter2" of it' }],
  ["a known value anywhere", { note: 'somebody wrote k-7Qz"ü into a note' }],
])("%s does not get out", (_where, fields) => {
  const text = written((log) => log.warn(fields, "venue refused"));
  expect(text).toContain("venue refused");
  expect(text).not.toContain("hunter2");
  expect(text).not.toContain("k-7Qz");
  expect(JSON.parse(text)).toMatchObject({ level: 40 });
});

test("what is no secret stays readable", () => {
  const text = written((log) =>
    log.info({ symbol: "BTCUSDT", size: "0.5", url: "https://fapi.binance.com/fapi/v1/time" }, "sent"),
  );
  expect(JSON.parse(text)).toMatchObject({
    symbol: "BTCUSDT",
    size: "0.5",
    url: "https://fapi.binance.com/fapi/v1/time",
  });
});
