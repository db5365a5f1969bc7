import { canonical, dec, fail, ok, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { muddled, readAnswer } from "./read-answer.ts";

// oxfmt-ignore
test.each([
  ["a message",           { id: 1, prepared: ok({ reference: "r", wire: "{}", seal: "5ea1" }) }],
  ["none",                { id: 2, prepared: fail(why("binance/refused", { detail: "no" })) }],
  ["a part",              { id: 3, reply: { is: "partly", done: dec("0.10"), left: dec("2") } }],
  ["a band",              { id: 4, reply: { is: "refused", why: why("okx/band", {}), remedy: "band", edge: dec("99.5") } }],
  ["a second sending",    { id: 5, hastened: { is: "sent-again", facts: { fee: "1" } } }],
  ["the request refused", { id: 6, refused: why("signer/not-on-the-list", { asset: "WETH" }) }],
])("%s is read back as it was said", (_case, said) => {
  expect(readAnswer(canonical(said))).toEqual({ id: said.id, answer: ok(said) });
});

test.each([
  ["a word of a newer signer", { id: 7, reply: { is: "queued" } }],
  ["a figure that is text", { id: 7, reply: { is: "partly", done: "0.1", left: dec("2") } }],
  ["two answers in one", { id: 7, reply: { is: "accepted" }, refused: why("x", {}) }],
])("%s is no answer, and whoever asked hears that", (_case, said) => {
  expect(readAnswer(canonical(said))).toEqual({ id: 7, answer: fail(muddled) });
});

test("a line that answers nobody is passed over", () => {
  for (const line of ["", "{", "null", `{"id":"7"}`]) expect(readAnswer(line)).toBeUndefined();
});
