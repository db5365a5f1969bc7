import { inject } from "vitest";
import { connectPostgres } from "./postgres-connect.ts";

/** Makes an empty database on the test server. @returns its URL. */
export async function newDatabase(): Promise<string> {
  const url = new URL(inject("postgresUrl"));
  const admin = connectPostgres(url.href, 1);
  url.pathname = `/t${process.hrtime.bigint()}`;
  await admin.unsafe(`create database ${url.pathname.slice(1)}`);
  await admin.end();
  return url.href;
}
