import { resolve } from "node:path";
import { createTurn } from "@plimsoll/core/turn";
import { type Result, type Why, fail, ok } from "@plimsoll/core/units";
import { createLog, openSigningKey, readJournal, sha256, startKeeper } from "@plimsoll/keeper";
import { startServer } from "@plimsoll/server";
import { countText } from "@plimsoll/server/display";
import { engineOf } from "@plimsoll/venues";
import { Command } from "commander";
import type { Connected } from "./connect.ts";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { type Config, type LayeredConfig, readConfig } from "./files/config-file.ts";
import { readSecret } from "./files/secrets.ts";
import { type ConfigFile, followConfig } from "./follow-config.ts";
import { type House, withHouse } from "./house.ts";
import { hostControl } from "./host-control.ts";
import { interrupted } from "./interrupted.ts";
import { LiveView } from "./live-source.ts";
import { watchStandings } from "./standing.ts";
import { version } from "./version.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";

interface Options {
  readonly config: string;
  readonly dataDir?: string;
  readonly port?: string;
  readonly signer?: true;
}

/** plimsoll serve: watches one's own accounts, runs the guards, serves the dashboard. */
export function serveCommand(out: Out, finish: Finish): Command {
  return new Command("serve")
    .description(
      "watch your own accounts, run your guards, serve the dashboard; guards are in shadow unless they say armed",
    )
    .requiredOption("--config <file>", "config file (schema: plimsoll config schema config)")
    .option("--data-dir <folder>", "overrides dataDir")
    .option("--port <number>", "overrides server.port")
    .option("--signer", "open no key that sends: plimsoll signer has them, on the same data folder")
    .action(async ({ config, dataDir, port, signer }: Options) => {
      const flags = { ...(dataDir && { dataDir }), ...(port && { server: { port } }), ...(signer && { signer }) };
      const layers = readConfig(config, process.env, flags);
      const served = layers.ok ? await serve(out, layers.value, { path: config, flags }) : layers;
      if (served.ok) return finish(exitCodes.safe);
      sayFailure(out, served.failure);
      finish(failureCode(served.failure));
    });
}

/** Everything that a run is made of, once it is open. */
interface Opened extends House {
  readonly layers: LayeredConfig;
  readonly file: ConfigFile;
  readonly token: string | undefined;
}

async function serve(out: Out, layers: LayeredConfig, file: ConfigFile): Promise<Result<void, Why>> {
  const stop = interrupted();
  try {
    const token = tokenOf(layers.config);
    if (!token.ok) return token;
    const secrets = token.value === undefined ? [] : [token.value];
    return await withHouse(layers, secrets, (house) => run(out, { ...house, layers, file, token: token.value }, stop));
  } finally {
    stop.release();
  }
}

const armedWithoutKey = (guards: LayeredConfig["guards"], mute: readonly Connected[]) =>
  guards.filter(
    ({ mode, scope }) => mode === "armed" && mute.some(({ connection }) => connection.holding === scope.holding),
  );

type Stop = ReturnType<typeof interrupted>;

/** The door is opened before the keeper starts: a port in use is said before anything is watched. */
async function run(out: Out, opened: Opened, stop: Stop): Promise<Result<void, Why>> {
  const { token, redact } = opened;
  const { config } = opened.layers;
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
    control: hostControl({
      file: opened.file,
      connected: opened.connected,
      journal: opened.journal,
      keeper: () => live.keeper(),
    }),
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
  { layers, file, connected, store }: Opened,
  live: LiveView,
  log: ReturnType<typeof createLog>,
  url: string,
  stop: Stop,
): Promise<Result<void, Why>> {
  const { config, guards, reserves, confirmed, notices } = layers;
  const past = [];
  for await (const written of readJournal(store)) past.push(written);
  const started = await startKeeper({
    store,
    turn: createTurn({ engineOf, sha256 }),
    engineOf,
    connections: connected.map(({ connection }) => connection),
    policy: { guards, reserves, confirmed },
    notices,
    log,
    timing: { refreshMs: config.pollEvery },
  });
  if (!started.ok) return started;
  const keeper = started.value;
  const standings = watchStandings(connected, () => live.changed());
  try {
    live.surround(standings.around);
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
    const away = connected.map(({ connection }) => connection.away?.()).find((why) => why !== undefined);
    if (away !== undefined) sayFailure(out, away);
    const unfollow = followConfig(file, keeper, (what) => {
      if ("refused" in what) return log.error(what.refused, "the changed config is not used: it does not read well");
      log.info({ guards: what.changed.guards.length }, "guards and reserves of the changed config are in place");
    });
    const ended = await Promise.race([stop.happened.then(() => undefined), keeper.ended]);
    unfollow();
    return ended === undefined ? ok(undefined) : fail(ended);
  } finally {
    await Promise.all([keeper.stop(), standings.stop()]);
  }
}

function tokenOf({ server: { token } }: Config): Result<string | undefined, Why> {
  return token === undefined ? ok(undefined) : readSecret(token, process.env);
}
