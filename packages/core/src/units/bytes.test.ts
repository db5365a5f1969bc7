import fc from "fast-check";
import { expect, test } from "vitest";
import { hex, joined, textOf, utf8 } from "./bytes.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 100);

test("utf8 agrees with the platform's encoder on every text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (a, b) => {
      for (const text of [a, b, `${a}\ud800${b}`])
        expect(hex(utf8(text))).toBe(Buffer.from(text, "utf8").toString("hex"));
    }),
    { numRuns },
  );
});

test("joined keeps order and length", () => {
  expect(hex(joined(utf8("a"), new Uint8Array(), utf8("bc")))).toBe("616263");
});

test("textOf undoes utf8 and refuses what is not UTF-8", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(textOf(utf8(text))).toBe(text);
    }),
    { numRuns },
  );
  for (const bad of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]])
    expect(() => textOf(Uint8Array.from(bad))).toThrow(URIError);
});
