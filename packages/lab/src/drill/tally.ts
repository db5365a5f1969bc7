import type { Holding } from "@plimsoll/core/book";
import { maintenanceOf } from "@plimsoll/core/risk";
import {
  type Exact,
  type HoldingId,
  type Ms,
  ONE,
  ZERO,
  add,
  below,
  multiply,
  subtract,
  text,
  trim,
} from "@plimsoll/core/units";
import { heldAt } from "./course.ts";
import type { Fate } from "./drill.ts";
import type { AccountResult, DrillAction } from "./drill-result.ts";
import type { Taken, Woken } from "./stage.ts";
import type { World } from "./world.ts";

interface Line {
  fate: Fate;
  at?: Ms;
  how?: string;
  smallestHealth?: Exact;
  smallestHealthAt?: Ms;
  cost: Exact;
  gas: Exact;
  putIn: Exact;
  readonly actions: DrillAction[];
}

function seeHealth(line: Line, health: Exact, at: Ms): void {
  if (line.smallestHealth !== undefined && !below(health, line.smallestHealth)) return;
  [line.smallestHealth, line.smallestHealthAt] = [health, at];
}

/** Keeps account of one run: who died when, the smallest health, what acting cost. */
export class Tally {
  readonly #world: World;
  readonly #lines: ReadonlyMap<HoldingId, Line>;
  readonly #start: ReadonlyMap<HoldingId, Exact | undefined>;

  constructor(world: World, at: Ms) {
    this.#world = world;
    const line = (): Line => ({ fate: "survived", cost: ZERO, gas: ZERO, putIn: ZERO, actions: [] });
    this.#lines = new Map(world.holdings.map(({ id }) => [id, line()]));
    this.#start = new Map(world.holdings.map((holding) => [holding.id, this.equity(holding, at)?.value]));
  }

  line(id: HoldingId): Line {
    return this.#lines.get(id)!;
  }

  die({ at, holding, what, health }: Taken): void {
    const line = this.line(holding);
    if (health !== undefined) seeHealth(line, health, at);
    if (line.fate !== "died") Object.assign(line, { fate: "died", at, how: what });
  }

  /** Books a stop that the venue woke by itself. */
  wake({ at, holding, instrument, side, size, trigger, result, why, cost }: Woken): void {
    const line = this.line(holding);
    line.cost = add(line.cost, cost);
    const what = `the venue's stop: ${side} ${text(trim(size))} ${instrument}`;
    const because = `${trigger.kind} ${trigger.when.replaceAll("-", " ")} ${text(trim(trigger.at))}`;
    line.actions.push({ at, account: holding, what, because, result, ...(why && { why }) });
  }

  misfire(id: HoldingId, at: Ms, how: string): void {
    const line = this.line(id);
    if (line.fate === "survived") Object.assign(line, { fate: "misfired", at, how });
  }

  /** Looks at every account's health of now. */
  look(at: Ms): void {
    for (const holding of this.#world.holdings) {
      const { engine, scene } = this.#world.ground(holding, at);
      const line = this.line(holding.id);
      for (const account of engine.accounts(holding)) {
        const health = maintenanceOf(engine.assess(holding, account, scene))?.health;
        if (health !== undefined) seeHealth(line, health, at);
      }
    }
  }

  /** Sum of a holding's equities where all are known and in one unit. */
  equity(holding: Holding, at: Ms): { readonly value: Exact; readonly unit: string } | undefined {
    const { engine, scene } = this.#world.ground(holding, at);
    const found = engine.accounts(holding).map((account) => engine.assess(holding, account, scene));
    let sum = ZERO;
    for (const { equity, unit } of found) {
      if (equity.is !== "known" || unit !== found[0]!.unit) return undefined;
      sum = add(sum, equity.value);
    }
    return { value: sum, unit: found[0]?.unit ?? "" };
  }

  /** Books what an action did to the equity of its holding: put in from outside, or lost as fee and slippage. */
  book(id: HoldingId, before: Exact | undefined, at: Ms, fromOutside: boolean): void {
    const holding = this.#world.holdings.find((each) => each.id === id);
    const after = holding && this.equity(holding, at)?.value;
    if (before === undefined || after === undefined) return;
    const line = this.line(id);
    if (fromOutside) line.putIn = add(line.putIn, subtract(after, before));
    else line.cost = add(line.cost, subtract(before, after));
  }

  results(at: Ms): readonly AccountResult[] {
    return this.#world.holdings.map((holding) => {
      const { putIn, ...line } = this.line(holding.id);
      const end = this.equity(holding, at);
      const kept = end && multiply(end.value, subtract(ONE, this.#lostAt(holding.venue, at)));
      const start = this.#start.get(holding.id);
      return {
        account: holding.id,
        ...line,
        unit: end?.unit ?? "",
        ...(start !== undefined && { equityStart: start }),
        ...(kept !== undefined && { equityEnd: subtract(subtract(kept, putIn), line.gas) }),
      };
    });
  }

  #lostAt(venue: string, at: Ms): Exact {
    const said = this.#world.weather.of("loss").find((each) => each.venue === venue && each.steps[0]!.at <= at);
    return said === undefined ? ZERO : heldAt(said.steps, at);
  }
}
