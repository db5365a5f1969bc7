import type { Actor, BookEvent, Feed } from "@plimsoll/core/book";
import { fail, holdingId, ms, ok, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { MASK, createRedact } from "./keys/redact.ts";
import { redacted } from "./redacted.ts";

const SECRET = "s3cret-canary-4711";
const holding = holdingId("desk");
const quoting = why("test/failed", { detail: `GET /x?k=${SECRET} failed` });
const lost: BookEvent = { type: "lost", what: "desk", why: quoting };
const bug = () => Promise.reject(new Error(`a bug near ${SECRET}`));

function connection(feed: Partial<Feed>, actor: Partial<Actor>) {
  const silent: Feed & Actor = { snapshot: bug, watch: bug, prepare: bug, send: bug, query: bug };
  const made = { holding, feed: { ...silent, ...feed }, actor: { ...silent, ...actor } };
  return redacted(made, createRedact([SECRET]));
}
const shown = async (result: Promise<unknown>) => JSON.stringify(await result.catch((error: unknown) => String(error)));
const [action, prepared] = [
  { do: "cancel", order: "1" },
  { reference: "1", wire: "{}" },
] as const;
const held = { id: holding } as Parameters<Actor["prepare"]>[1];

test("no failure, event or reply of a connection carries its secret, and no bug of a library either", async () => {
  const failing = connection(
    { snapshot: async () => fail(quoting) },
    {
      prepare: async () => fail(quoting),
      send: async () => ({ is: "ambiguous", why: quoting }),
      query: async () => ({ is: "refused", why: quoting }),
    },
  );
  const broken = connection({}, {});
  const telling = connection(
    { snapshot: async () => ok([lost]), watch: async (on) => (on(lost, ms(1)), async () => {}) },
    {},
  );
  const heard: BookEvent[] = [];
  await telling.feed.watch((event) => heard.push(event));
  const said = await Promise.all([
    shown(failing.feed.snapshot()),
    shown(failing.actor!.prepare("k", held, action)),
    shown(failing.actor!.send(prepared)),
    shown(failing.actor!.query(prepared)),
    shown(broken.feed.snapshot()),
    shown(broken.feed.watch(() => {})),
    shown(broken.actor!.send(prepared)),
    shown(telling.feed.snapshot()),
    shown(Promise.resolve(heard)),
  ]);
  for (const text of said) {
    expect(text).toContain(MASK);
    expect(text).not.toContain("canary");
  }
});

test("what succeeds passes as it is, and a connection that only reads stays one", async () => {
  const message = { reference: "1", wire: `signed by nobody, ${SECRET}` };
  const made = connection({}, { prepare: async () => ok(message), send: async () => ({ is: "accepted" }) });
  expect(await made.actor!.prepare("k", held, action)).toEqual(ok(message));
  expect(await made.actor!.send(prepared)).toEqual({ is: "accepted" });
  const feed: Feed = { snapshot: bug, watch: bug };
  expect("actor" in redacted({ holding, feed }, createRedact([]))).toBe(false);
});
