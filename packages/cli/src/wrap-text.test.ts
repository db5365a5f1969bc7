import { expect, test } from "vitest";
import { wrapText } from "./wrap-text.ts";

const red = (text: string) => `\u001B[31m${text}\u001B[0m`;

// oxfmt-ignore
test.each([
  ["what fits stays",            "one two",                    40, 2, "one two"],
  ["breaks hang",                "one two three four five six", 22, 2, "one two three four\n  five six"],
  ["a line's own indent stays",  "    one two three four five", 22, 6, "    one two three four\n      five"],
  ["colour takes no column",     `${red("danger")} two three four`, 22, 2, `${red("danger")} two three four`],
  ["a long word is not cut",     `a ${"x".repeat(30)} b`,      22, 0, `a\n${"x".repeat(30)}\nb`],
  ["each line by itself",        "one\ntwo",                   40, 2, "one\ntwo"],
])("%s", (_case, text, columns, hang, wanted) => expect(wrapText(text, columns, hang)).toBe(wanted));

test("without columns nothing is broken", () => {
  expect(wrapText("x ".repeat(500), undefined, 2)).toBe("x ".repeat(500));
});
