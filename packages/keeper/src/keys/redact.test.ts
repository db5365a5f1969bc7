import fc from "fast-check";
import { expect, test } from "vitest";
import { MASK, createRedact, redactWhy, secretsOfUrl } from "./redact.ts";

const RUNS = Number(process.env["PLIMSOLL_RUNS"] ?? 100);
const SECRET = 'k-7Qz"ü/ 9+canary';
const redact = createRedact([SECRET, "https://rpc.example/v2/abcdefghijklmnop1234"]);

// oxfmt-ignore
test.each([
  ["as it is",                     `it said ${SECRET} and ended`],
  ["in JSON",                      JSON.stringify({ deep: [{ note: SECRET }] })],
  ["in a URL",                     `GET /x?key=${encodeURIComponent(SECRET)}&y=1`],
  ["in hex",                       Buffer.from(`a${SECRET}b`).toString("hex")],
  ["in upper-case hex",            Buffer.from(SECRET).toString("hex").toUpperCase()],
  ["in base64",                    Buffer.from(SECRET).toString("base64")],
  ["in basic authorization",       `Basic ${Buffer.from(`me:${SECRET}`).toString("base64")}`],
  ["in base64 one byte on",        Buffer.from(`x${SECRET}`).toString("base64url")],
])("a known secret %s is taken out", (_case, text) => {
  const shown = redact(text);
  expect(shown).toContain(MASK);
  for (const form of ["canary", Buffer.from("canary").toString("hex"), encodeURIComponent(SECRET)])
    expect(shown.toLowerCase()).not.toContain(form.toLowerCase());
  const decoded = shown.split(/[\s&]/).map((word) => Buffer.from(word, "base64").toString("latin1"));
  expect(decoded.join("\n")).not.toContain("canary");
});

// oxfmt-ignore
test.each([
  ["a password",       "connect postgres://me:hunter2@db:5432/x failed",                        "connect postgres://me:[secret]@db:5432/x failed"],
  ["a signature",      "GET https://fapi.example/v1/order?timestamp=1&signature=hunter2 failed", "GET https://fapi.example/v1/order?timestamp=1&signature=[secret] failed"],
  ["a stream's key",   `closed wss://f.example/ws/${"hunter2x".repeat(8)}`,                     "closed wss://f.example/ws/[secret]"],
])("%s in a URL is taken out, whatever its value", (_case, text, shown) => {
  expect(createRedact([])(text)).toBe(shown);
});

test("of an address with a key in its path the key alone is enough to be masked", () => {
  const url = "https://rpc.example/v2/abcdefghijklmnop1234?token=12345678";
  const shown = createRedact(secretsOfUrl(url))("failed: /v2/abcdefghijklmnop1234 of rpc.example, token=12345678");
  expect(shown).toBe(`failed: /v2/${MASK} of rpc.example, ${MASK}`);
});

test("what holds no secret is left as it is; a why keeps its code", () => {
  const characters = fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 20 });
  const plain = characters.map((codes) => String.fromCodePoint(...codes)).filter((text) => !/[:=/]/.test(text));
  fc.assert(
    fc.property(plain, (text) => redact(text) === text),
    { numRuns: RUNS },
  );
  expect(redactWhy(redact, { code: "x/failed", facts: { detail: `no ${SECRET}`, n: "1" } })).toEqual({
    code: "x/failed",
    facts: { detail: `no ${MASK}`, n: "1" },
  });
});
