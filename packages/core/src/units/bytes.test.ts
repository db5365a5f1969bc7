import fc from "fast-check";
import { expect, test } from "vitest";
import { hex, joined, sameBytes, textOf, utf8 } from "./bytes.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 100);
const point = (min: number, max: number) => fc.integer({ min, max }).map((code) => String.fromCodePoint(code));
/** Characters of each length in UTF-8, one to four bytes. */
const character = fc.oneof(
  point(0, 0x7f),
  point(0x80, 0x7ff),
  point(0x800, 0xd7ff),
  point(0xe000, 0xffff),
  point(0x10000, 0x10ffff),
);

test("utf8 agrees with the platform's encoder on every text, also with halves of a pair", () => {
  const unit = fc.oneof(character, fc.constantFrom("\ud800", "\udfff"));
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
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
    fc.property(fc.string({ unit: character }), (text) => {
      expect(textOf(utf8(text))).toBe(text);
    }),
    { numRuns },
  );
  for (const bad of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]])
    expect(() => textOf(Uint8Array.from(bad))).toThrow(URIError);
});

test("bytes are the same in length and in each of them", () => {
  expect(sameBytes(utf8("ab"), utf8("ab"))).toBe(true);
  for (const other of ["", "a", "abc", "aB"]) expect(sameBytes(utf8("ab"), utf8(other))).toBe(false);
});
