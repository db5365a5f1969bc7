import { resolve } from "node:path";
import { createTurn } from "@plimsoll/core/turn";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { createLog, createRedact, openSigningKey, openStore, readJournal, sha256, startKeeper } from "@plimsoll/keeper";
import { startServer } from "@plimsoll/server";
import { countText } from "@plimsoll/server/display";
import { engineOf } from "@plimsoll/venues";
import { Command } from "commander";
import { type Connected, connectAll } from "./connect.ts";
import { exitCodes, failureCode } from "./exit-codes.ts";
import { type Config, type LayeredConfig, readConfig } from "./files/config-file.ts";
import { readSecret } from "./files/secrets.ts";
import { interrupted } from "./interrupted.ts";
import { LiveView } from "./live-source.ts";
import { version } from "./version.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";

/** plimsoll serve: watches one's own accounts, runs the guards, serves the dashboard. */
export function serveCommand(out: Out, finish: Finish): Command {
  return new Command("serve")
    .description(
      "watch your own accounts, run your guards, serve the dashboard; guards are in shadow unless they say armed",
    )
    .requiredOption("--config <file>", "config file (schema: plimsoll config schema config)")
    .option("--data-dir <folder>", "overrides dataDir")
    .option("--port <number>", "overrides server.port")
    .action(async ({ config, dataDir, port }: { config: string; dataDir?: string; port?: string }) => {
      const flags = { ...(dataDir && { dataDir }), ...(port && { server: { port } }) };
      const layers = readConfig(config, process.env, flags);
      const served = layers.ok ? await serve(out, layers.value) : layers;
      if (served.ok) return finish(exitCodes.safe);
      sayFailure(out, served.failure);
      finish(failureCode(served.failure));
    });
}

async function serve(out: Out, { config, guards }: LayeredConfig): Promise<Result<void, Why>> {
  const stop = interrupted();
  const connected = await connectAll(config, process.env);
  if (!connected.ok) return connected;
  try {
    const where = await storeOf(config);
    if (!where.ok) return where;
    const store = await openStore(where.value);
    if (!store.ok) return store;
    try {
      const key = openSigningKey(resolve(config.dataDir));
      if (!key.ok) return key;
      if (key.value.created)
        out.line(`First start. Evidence will be signed by this key; write it down: ${key.value.fingerprint}`);
      return await run(out, { config, guards }, connected.value, store.value, stop);
    } finally {
      await store.value.close();
    }
  } finally {
    await Promise.all(connected.value.map(({ close }) => close()));
    stop.release();
  }
}

type Stop = ReturnType<typeof interrupted>;
type OpenedStore = Extract<Awaited<ReturnType<typeof openStore>>, { ok: true }>["value"];

/** The door is opened before the keeper starts: a port in use is said before anything is watched. */
async function run(
  out: Out,
  layers: Pick<LayeredConfig, "config" | "guards">,
  connected: readonly Connected[],
  store: OpenedStore,
  stop: Stop,
): Promise<Result<void, Why>> {
  const { host, port, token: source } = layers.config.server;
  const token = source === undefined ? ok(undefined) : readSecret(source, process.env);
  if (!token.ok) return token;
  const live = new LiveView();
  const server = await startServer({
    source: live,
    version,
    host,
    port,
    ...(token.value !== undefined && { token: token.value }),
  });
  if (!server.ok) return server;
  try {
    return await keep(out, layers, connected, store, live, server.value.url, stop);
  } finally {
    await server.value.stop();
  }
}

async function keep(
  out: Out,
  { config, guards }: Pick<LayeredConfig, "config" | "guards">,
  connected: readonly Connected[],
  store: OpenedStore,
  live: LiveView,
  url: string,
  stop: Stop,
): Promise<Result<void, Why>> {
  const past = [];
  for await (const written of readJournal(store)) past.push(written);
  const started = await startKeeper({
    store,
    turn: createTurn({ engineOf, sha256 }),
    engineOf,
    connections: connected.map(({ connection }) => connection),
    policy: { guards, reserves: [] },
    log: createLog("info", process.stderr, createRedact(connected.flatMap(({ secrets }) => secrets))),
    timing: { refreshMs: config.pollEvery },
  });
  if (!started.ok) return started;
  const keeper = started.value;
  try {
    live.attach(keeper, past);
    const armed = guards.filter(({ mode }) => mode === "armed").length;
    out.line(`Dashboard: ${url}`);
    out.line(
      armed === 0
        ? "No guard is armed: this run decides and does not send. Shadow protects nobody."
        : `${armed} of ${countText(guards.length, "guard")} armed.`,
    );
    const ended = await Promise.race([stop.happened.then(() => undefined), keeper.ended]);
    return ended === undefined ? ok(undefined) : fail(ended);
  } finally {
    await keeper.stop();
  }
}

async function storeOf({ store, dataDir }: Config): Promise<Result<string, Why>> {
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
