import { ms, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { notProtecting, permissionOf } from "./not-protecting.ts";
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

test("plans are told what the venue said of the key, nothing where it was not asked, and nobody where none acts", () => {
  const connection = new PaperVenue().connection();
  const { actor: _actor, ...watched } = connection;
  expect(permissionOf(connection, ms(5))).toMatchObject({ acts: "unknown", until: "unknown", at: 5 });
  const audited = { ...connection, key: { acts: "no", until: ms(9) } as const };
  expect(permissionOf(audited, ms(5))).toMatchObject({ acts: "no", until: 9 });
  expect(permissionOf({ ...audited, away: () => why("signer/away") }, ms(5))).toMatchObject({
    acts: "nobody",
    why: { code: "signer/away" },
  });
  expect(permissionOf(watched, ms(5))).toMatchObject({ acts: "nobody", why: { code: "keeper/cannot-act" } });
});
