import { type Result, type Why, fail } from "@plimsoll/core/units";
import { type Redact, createRedact, openStore, redactWhy, secretsOfUrl } from "@plimsoll/keeper";
import { type Connected, connectAll } from "./connect.ts";
import type { LayeredConfig } from "./files/config-file.ts";
import { keyRing } from "./files/key-ring.ts";
import { hiddenInput } from "./hidden-input.ts";
import { limitConnected } from "./limit-connected.ts";
import { storeOf } from "./store-of.ts";

/** What a keeper of a config is made of, open: its accounts, its journal, and what must never be shown. */
export interface House {
  readonly connected: readonly Connected[];
  readonly store: OpenedStore;
  /** Where the journal is, for whoever reads it by a connection of its own. */
  readonly journal: string;
  readonly redact: Redact;
}
type OpenedStore = Extract<Awaited<ReturnType<typeof openStore>>, { ok: true }>["value"];

/** Opens the house of a config for as long as `use` lasts; what fails names no secret. */
export async function withHouse<T>(
  layers: Pick<LayeredConfig, "config" | "guards">,
  secrets: readonly string[],
  use: (house: House) => Promise<Result<T, Why>>,
): Promise<Result<T, Why>> {
  const { config } = layers;
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
    const ran = await keepStore(where.value, async (store) => {
      const limited = limitConnected(connected.value, layers);
      if (!limited.ok) return limited;
      try {
        return await use({ connected: limited.value.connected, store, journal: where.value, redact });
      } finally {
        limited.value.close();
      }
    });
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
