import { why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { notProtecting } from "./not-protecting.ts";
import { PaperVenue } from "./testing/paper-venue.ts";

test("a keeper protects nobody where it has no key, or where its signer is away", () => {
  const { actor, ...watched } = new PaperVenue().connection();
  const codes = (connection: Parameters<typeof notProtecting>[0]) => notProtecting(connection).map(({ code }) => code);
  expect(codes(undefined)).toEqual(["keeper/cannot-act"]);
  expect(codes(watched)).toEqual(["keeper/cannot-act"]);
  let away = true;
  const signed = { ...watched, ...(actor && { actor }), away: () => (away ? why("signer/away") : undefined) };
  expect(codes(signed)).toEqual(["signer/away"]);
  away = false;
  expect(codes(signed)).toEqual([]);
});
