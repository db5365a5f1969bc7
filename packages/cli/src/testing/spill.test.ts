import { expect, test } from "vitest";
import { spillsOf } from "./spill.ts";

const SECRET = "CaNaRy/one+two=3";
const found = (text: string) => spillsOf(SECRET, Buffer.from(text)).map((spill) => spill.split(":")[0]);

// oxfmt-ignore
test.each([
  ["plain",     `a ${SECRET} b`,                                                 "plain"],
  ["in JSON",   JSON.stringify({ a: SECRET }).replaceAll("/", "\\/"),            "escaped"],
  ["in a URL",  `?a=${encodeURIComponent(SECRET)}&b`,                            "url"],
  ["in hex",    `0x0${Buffer.from(SECRET).toString("hex")}ff`,                   "hex"],
  ["base64",    Buffer.from(SECRET).toString("base64"),                          "base64"],
  ["basic",     `Basic ${Buffer.from(`user:${SECRET}`).toString("base64")}`,     "base64"],
  ["base64url", `token.${Buffer.from(`xx${SECRET}`).toString("base64url")}`,     "base64"],
])("a secret %s is found", (_case, text, form) => {
  expect(found(text)).toContain(form);
});

test("what is not there is not found", () => {
  expect(found(`CaNaRy/one+two=4 ${Buffer.from("CaNaRy/one+two").toString("base64")}`)).toEqual([]);
});
