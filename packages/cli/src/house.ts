import { resolve } from "node:path";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Redact, createRedact, openStore, redactWhy, secretsOfUrl } from "@plimsoll/keeper";
import { type Connected, connectAll } from "./connect.ts";
import type { Config } from "./files/config-file.ts";
import { keyRing } from "./files/key-ring.ts";
import { readSecret } from "./files/secrets.ts";
import { hiddenInput } from "./hidden-input.ts";

/** What a keeper of a config is made of, open: its accounts, its journal, and what must never be shown. */
export interface House {
  readonly connected: readonly Connected[];
  readonly store: OpenedStore;
  readonly redact: Redact;
}
type OpenedStore = Extract<Awaited<ReturnType<typeof openStore>>, { ok: true }>["value"];

/** Opens the house of a config for as long as `use` lasts; what fails names no secret. */
export async function withHouse<T>(
  config: Config,
  secrets: readonly string[],
  use: (house: House) => Promise<Result<T, Why>>,
): Promise<Result<T, Why>> {
  const connected = await connectAll(config, keyRing(config, process.env, hiddenInput()), process.env);
  if (!connected.ok) return connected;
  try {
    const where = storeOf(config);
    if (!where.ok) return where;
    const redact = createRedact([
      ...connected.value.flatMap((each) => each.secrets),
      ...(config.store === "sqlite" ? [] : secretsOfUrl(where.value)),
      ...secrets,
    ]);
    const ran = await keepStore(where.value, (store) => use({ connected: connected.value, store, redact }));
    return ran.ok ? ran : fail(redactWhy(redact, ran.failure));
  } finally {
    await Promise.all(connected.value.map(({ close }) => close()));
  }
}

async function keepStore<T>(where: string, use: (store: OpenedStore) => Promise<Result<T, Why>>) {
  const store = await openStore(where);
  if (!store.ok) return store;
  try {
    return await use(store.value);
  } finally {
    await store.value.close();
  }
}

function storeOf({ store, dataDir }: Config): Result<string, Why> {
  if (store === "sqlite") return ok(resolve(dataDir));
  const url = readSecret(store.postgres, process.env);
  if (!url.ok) return url;
  return /^postgres(ql)?:\/\//.test(url.value)
    ? url
    : fail(
        why("config-invalid", {
          detail: "store.postgres is not a postgres:// URL",
          next: "correct the variable or the file",
        }),
      );
}
