import { expect, test } from "vitest";
import * as z from "zod";
import { checkSource, readSource } from "./source-file.ts";

const source = (text: string) => {
  const read = readSource("book.yaml", text);
  if (!read.ok) throw new Error(read.failure.facts["where"] ?? read.failure.code);
  return read.value;
};

test("numbers arrive as the text that was written, whatever a float would make of them", () => {
  const { value } = source("a: 0.1000000000000000055\nb: 9007199254740993\nc: 1e3\nd: '5'\ne: true\nf: [0.30]\n");
  expect(value).toEqual({ a: "0.1000000000000000055", b: "9007199254740993", c: "1e3", d: "5", e: true, f: ["0.30"] });
});

// oxfmt-ignore
test.each([
  ["a tab for indentation", "a:\n\tb: 1\n",            "book.yaml:2:1"],
  ["a key twice",           "a: 1\nb: 2\na: 3\n",      "book.yaml:3:1"],
  ["an open bracket",       "a: [1, 2\nb: 3\n",        "book.yaml:2:1"],
])("%s is refused with its place", (_case, text, where) => {
  const read = readSource("book.yaml", text);
  expect(!read.ok && read.failure.facts["where"]).toBe(where);
});

const schema = z.strictObject({
  accounts: z.array(z.strictObject({ name: z.string(), size: z.string().regex(/^\d+$/, "not a size") })),
});

// oxfmt-ignore
test.each([
  ["a wrong value", "accounts:\n  - name: x\n    size: -5\n",            "book.yaml:3:11 accounts[0].size: not a size (found \"-5\")"],
  ["an unknown key", "accounts:\n  - name: x\n    sise: 5\n    size: 5\n", "book.yaml:3:5 accounts[0].sise: unknown key; remove it or correct its spelling"],
  ["a missing key", "accounts:\n  - name: x\n",                           "book.yaml:2:5 accounts[0].size: Invalid input: expected string, received undefined (it is missing)"],
  ["JSON too", '{"accounts":\n [{"name":"x","size":"y"}]}',               "book.yaml:2:22 accounts[0].size: not a size (found \"y\")"],
])("%s names file, line, column, path and value", (_case, text, detail) => {
  const file = source(text);
  const checked = checkSource(file, schema, file.value);
  expect(!checked.ok && checked.failure.facts["detail"]).toBe(detail);
});
