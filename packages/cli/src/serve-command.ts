import { resolve } from "node:path";
import { createTurn } from "@plimsoll/core/turn";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import {
  type Redact,
  createLog,
  createRedact,
  openSigningKey,
  openStore,
  readJournal,
  redactWhy,
  secretsOfUrl,
  sha256,
  startKeeper,
} from "@plimsoll/keeper";
import { startServer } from "@plimsoll/server";
import { countText } from "@plimsoll/server/display";
import { engineOf } from "@plimsoll/venues";
import { Command } from "commander";
import { type Connected, connectAll } from "./connect.ts";
import { exitCodes, failureCode } from "./exit-codes.ts";
import { type Config, type LayeredConfig, readConfig } from "./files/config-file.ts";
import { keyRing } from "./files/key-ring.ts";
import { readSecret } from "./files/secrets.ts";
import { hiddenInput } from "./hidden-input.ts";
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

/** Everything that a run is made of, once it is open. */
interface Opened extends Pick<LayeredConfig, "config" | "guards" | "notices"> {
  readonly connected: readonly Connected[];
  readonly store: OpenedStore;
  readonly token: string | undefined;
  readonly redact: Redact;
}

async function serve(out: Out, { config, guards, notices }: LayeredConfig): Promise<Result<void, Why>> {
  const stop = interrupted();
  const connected = await connectAll(config, keyRing(config, process.env, hiddenInput()), process.env);
  if (!connected.ok) return connected;
  try {
    const [where, token] = [storeOf(config), tokenOf(config)];
    if (!where.ok) return where;
    if (!token.ok) return token;
    const redact = createRedact([
      ...connected.value.flatMap(({ secrets }) => secrets),
      ...(config.store === "sqlite" ? [] : secretsOfUrl(where.value)),
      ...(token.value === undefined ? [] : [token.value]),
    ]);
    const ran = await keepStore(where.value, (store) =>
      run(out, { config, guards, notices, connected: connected.value, store, token: token.value, redact }, stop),
    );
    return ran.ok ? ran : fail(redactWhy(redact, ran.failure));
  } finally {
    await Promise.all(connected.value.map(({ close }) => close()));
    stop.release();
  }
}

async function keepStore(where: string, use: (store: OpenedStore) => Promise<Result<void, Why>>) {
  const store = await openStore(where);
  if (!store.ok) return store;
  try {
    return await use(store.value);
  } finally {
    await store.value.close();
  }
}

const armedWithoutKey = (guards: LayeredConfig["guards"], mute: readonly Connected[]) =>
  guards.filter(
    ({ mode, scope }) => mode === "armed" && mute.some(({ connection }) => connection.holding === scope.holding),
  );

type Stop = ReturnType<typeof interrupted>;
type OpenedStore = Extract<Awaited<ReturnType<typeof openStore>>, { ok: true }>["value"];

/** The door is opened before the keeper starts: a port in use is said before anything is watched. */
async function run(out: Out, opened: Opened, stop: Stop): Promise<Result<void, Why>> {
  const { config, token, redact } = opened;
  const key = openSigningKey(resolve(config.dataDir));
  if (!key.ok) return key;
  if (key.value.created)
    out.line(`First start. Evidence will be signed by this key; write it down: ${key.value.fingerprint}`);
  for (const notice of opened.connected.flatMap(({ notices }) => notices)) sayFailure(out, notice);
  const live = new LiveView();
  const log = createLog("info", process.stderr, redact);
  const server = await startServer({
    source: live,
    version,
    host: config.server.host,
    port: config.server.port,
    report: (error) => log.error({ err: error }, "a request could not be answered"),
    ...(token !== undefined && { token }),
  });
  if (!server.ok) return server;
  try {
    // a token that somebody chose is not printed: it is a secret of theirs
    const url = token === undefined ? server.value.url : server.value.url.replace(token, "YOUR-TOKEN");
    return await keep(out, opened, live, log, url, stop);
  } finally {
    await server.value.stop();
  }
}

async function keep(
  out: Out,
  { config, guards, notices, connected, store }: Opened,
  live: LiveView,
  log: ReturnType<typeof createLog>,
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
    notices,
    log,
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
    const mute = connected.filter(({ connection }) => connection.actor === undefined);
    for (const guard of armedWithoutKey(guards, mute))
      out.line(`${guard.name} is armed and cannot send: its account has no trade key. It protects nobody.`);
    const ended = await Promise.race([stop.happened.then(() => undefined), keeper.ended]);
    return ended === undefined ? ok(undefined) : fail(ended);
  } finally {
    await keeper.stop();
  }
}

function tokenOf({ server: { token } }: Config): Result<string | undefined, Why> {
  return token === undefined ? ok(undefined) : readSecret(token, process.env);
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
