// A process that is killed while it adds a key: the store is the old one or the new one, whole.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ms } from "@plimsoll/core/units";
import { generateX25519Identity } from "age-encryption";
import { expect, test } from "vitest";
import { addKey, readKeys } from "./key-store.ts";

const child = join(import.meta.dirname, "../testing/key-store-child.ts");

test.each([
  ["written", ["first"]],
  ["synced", ["first"]],
  ["renamed", ["first", "second"]],
  ["never", ["first", "second"]],
])("killed when %s: the store holds %j, and the next addition clears up", async (killAt, names) => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-keys-kill-"));
  try {
    const [file, identity] = [join(folder, "keys.age"), await generateX25519Identity()];
    const entry = { venue: "binance", use: "read", added: ms(1), parts: { key: "k", secret: "s" } } as const;
    await addKey(file, { identity }, { ...entry, name: "first" });
    const { signal, stderr } = spawnSync(process.execPath, [child, file, identity, killAt], { encoding: "utf8" });
    expect([signal, stderr]).toEqual([killAt === "never" ? null : "SIGKILL", ""]);
    const read = await readKeys(file, { identity });
    expect(read.ok && read.value.map(({ name }) => name)).toEqual(names);
    expect(await addKey(file, { identity }, { ...entry, name: "third" })).toMatchObject({ ok: true });
    expect(readdirSync(folder)).toEqual(["keys.age"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
