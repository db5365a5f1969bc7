import type { Holding } from "@plimsoll/core/book";
import type { BoundEngine, Scene } from "@plimsoll/core/margin";
import type { TurnPorts } from "@plimsoll/core/turn";
import {
  type AccountKey,
  type HoldingId,
  type Ms,
  type Result,
  type Why,
  fail,
  ok,
  text,
  why,
} from "@plimsoll/core/units";
import { type Connection, readConnection } from "./connection.ts";
import { createLatest } from "./latest.ts";
import type { Timers } from "./timers.ts";

/** A holding as it was just read, under its engine. */
export interface Sight {
  readonly holding: Holding;
  readonly engine: BoundEngine;
  readonly scene: Scene<unknown>;
}

/** What is still there in the end, or could not be seen. */
export interface Residual {
  readonly holding: HoldingId;
  readonly account?: AccountKey;
  readonly why: Why;
}

export interface LookPorts {
  readonly engineOf: TurnPorts["engineOf"];
  readonly clock: () => Ms;
  readonly timers: Timers;
}

const READINGS = 3;

/** Reads a holding, a few times where the venue does not answer; the failure is what must be said of it in the end. */
export async function look(ports: LookPorts, connection: Connection): Promise<Result<Sight, Residual>> {
  const latest = createLatest();
  let failure = why("panic/not-read");
  for (let reading = 0; reading < READINGS; reading++) {
    if (reading > 0) await ports.timers.sleep(1_000);
    const read = await readConnection(connection, async (_holding, events) =>
      events.forEach((each) => latest.apply(each)),
    );
    if (read.ok) return sightOf(ports, connection.holding, read.value, latest.scene(read.value, ports.clock()));
    failure = read.failure;
  }
  return fail({ holding: connection.holding, why: failure });
}

function sightOf(
  ports: LookPorts,
  id: HoldingId,
  holding: Holding,
  scene: Scene<unknown> | undefined,
): Result<Sight, Residual> {
  const engine = ports.engineOf(holding.venue, holding.rules);
  if (engine === undefined || scene === undefined)
    return fail({
      holding: id,
      why: why("rules-not-modelled", { venue: holding.venue, rules: holding.rules, next: "close it by hand" }),
    });
  const readable = engine.readable(holding, scene.terms);
  return readable.ok ? ok({ holding, engine, scene }) : fail({ holding: id, why: readable.failure });
}

/** Every account on which a venue could still act, with the number that says so. */
export function residuals({ holding, engine, scene }: Sight): readonly Residual[] {
  return engine.accounts(holding).flatMap((account): readonly Residual[] => {
    const { lines, equity } = engine.assess(holding, account, scene);
    const line = lines.find(({ name }) => name === "maintenance");
    if (line === undefined && equity.is !== "unknown" && equity.is !== "stale") return [];
    const levers = engine.levers(holding, account, scene).filter(({ use }) => use === "reduce" || use === "repay");
    const open = levers.map(({ on, most }) => `${text(most)} ${on}`).join(", ");
    const health = line === undefined ? "unknown" : text(line.health);
    const next = "close what is left at the venue by hand, or run panic again";
    return [{ holding: holding.id, account, why: why("panic/left", { health, ...(open !== "" && { open }), next }) }];
  });
}
