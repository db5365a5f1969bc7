import type { Trouble } from "@plimsoll/core/turn";
import { dec, hash, ms, why } from "@plimsoll/core/units";
import { Book, type Problem } from "@plimsoll/server/contract";
import { START, sampleBook } from "@plimsoll/server/testing";
import { expect, test } from "vitest";
import { RunningServer } from "./testing/running-server.ts";

const running = new RunningServer();

test("the book says what the whole house may do: where it is halted no guard of it is armed, and its troubles are told", async () => {
  const because = why("level", { detail: "14.3% to the line" });
  const trouble: Trouble = {
    ...{ identity: "desk/cross:USDT/level", id: hash("0a".repeat(32)), first: ms(START - 60_000), seen: START },
    worst: "danger",
    danger: "act",
    because,
  };
  running.source.play({ book: { ...sampleBook(), mode: "halted", troubles: [trouble] } });
  const book = Book.parse((await running.get("/api/v1/book")).json());
  expect([book.house, book.mode, book.coverage.armed]).toEqual(["halted", "shadow", 0]);
  const { items } = (await running.get("/api/v1/alerts")).json<{ items: Book["alerts"] }>();
  expect(items).toEqual(book.alerts);
  expect(items[0]).toMatchObject({ worst: "danger", danger: "act", text: "14.3% to the line", last: { ms: START } });
  expect((await running.get("/api/v1/mode")).json()).toEqual({ mode: "halted" });
});

test("activity is paged newest first, without a gap or a repeat", async () => {
  for (let n = 1; n <= 7; n++) running.source.play({ happening: { is: "note", text: `n${n}` } });
  const titles: string[] = [];
  let url = "/api/v1/activity?limit=3";
  for (let page = 0; page < 3; page++) {
    const { items, next } = (await running.get(url)).json<{ items: { title: string }[]; next?: string }>();
    titles.push(...items.map(({ title }) => title));
    expect(next === undefined).toBe(page === 2);
    url = `/api/v1/activity?limit=3&before=${next}`;
  }
  expect(titles).toEqual(["n7", "n6", "n5", "n4", "n3", "n2", "n1"]);
  expect((await running.get("/api/v1/activity?limit=7")).json()).not.toHaveProperty("next");
  expect((await running.get("/api/v1/activity?limit=0")).json<Problem>()).toMatchObject({
    status: 400,
    code: "bad-request",
  });
});

test("not ready while an account is unknown; ready when all are judged", async () => {
  expect((await running.get("/ready", { host: running.own() })).statusCode).toBe(503);
  const book = sampleBook();
  const reader = running.listen();
  await reader.next("snapshot");
  running.source.play({ book: { ...book, accounts: book.accounts.filter(({ danger }) => danger !== "unknown") } });
  await reader.next("delta");
  expect((await running.get("/ready", { host: running.own() })).json()).toMatchObject({
    ready: true,
    unknown: 0,
    unprotected: 4,
  });
  running.source.play({ book: { ...book, accounts: [] } });
  expect((await reader.next("delta")).change.head?.danger).toBe("unknown");
  expect((await running.get("/ready", { host: running.own() })).statusCode).toBe(503);
  reader.socket.close();
});

test("amounts reach the API with every digit", async () => {
  const book = sampleBook();
  const [first] = book.accounts;
  const digits = "123456789012345678901234567890.123456789012345678";
  if (first === undefined) throw new Error("the sample book is empty");
  const equity = { is: "known", value: dec(digits), asOf: book.at, from: "venue" } as const;
  running.source.play({ book: { ...book, accounts: [{ ...first, equity }] } });
  const answer = Book.parse((await running.get("/api/v1/book")).json());
  expect(answer.accounts[0]?.equity).toMatchObject({ is: "known", amount: { value: digits, unit: "USDT" } });
});
