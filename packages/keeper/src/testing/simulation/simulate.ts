// oxlint-disable import/no-relative-parent-imports -- like a test, the simulation reaches past the doors for the parts it runs
import type { Reserve } from "@plimsoll/core/planner";
import { createTurn } from "@plimsoll/core/turn";
import { assetId, exact, holdingId, known, ms } from "@plimsoll/core/units";
import { engineOf } from "@plimsoll/venues";
import { morphoBlue } from "@plimsoll/venues/morpho-blue";
import { type Logger, pino } from "pino";
import { type Keeper, startKeeper } from "../../keeper.ts";
import { Chance } from "./chance.ts";
import { SimulatedChain } from "./chain.ts";
import { SimulatedExchange } from "./exchange.ts";
import { Laws, TICK_MS } from "./laws.ts";
import { MemoryStore } from "./memory-store.ts";
import { Network, WINDOW_MS } from "./network.ts";
import { BTC_PRICE, CALM_MS, ETH_PRICE, STORM_MS, type Story, storyOf } from "./story.ts";
import { turnPorts } from "./turn-ports.ts";
import { Process, VirtualTime } from "./virtual-time.ts";

const timing = {
  ...{ pollMs: 400, settleMs: WINDOW_MS + 500, sendWithinMs: 500, attempts: 3, readings: 3 },
  ...{ tickMs: TICK_MS, refreshMs: 2_500, leaseMs: 1_000, takeOverMs: 20_000 },
};
/** In calm weather a reading comes within this time, and with it whatever is still to be decided. */
const REST_MS = 2_600;
const silent = pino({ level: "silent" });
/** Every so many-th journal is read back once more at its end: what a restart reads back in a story is checked in each. */
const READ_BACK_EVERY = 8;

export interface Simulated {
  readonly seed: number;
  /** What was broken, one sentence each. */
  readonly broken: readonly string[];
  readonly effects: number;
  readonly lives: number;
}

/** Lives one story: the real keeper on a simulated exchange and a simulated chain, all in one virtual time under one seed. */
export async function simulate(seed: number): Promise<Simulated> {
  const story = storyOf(seed);
  const chance = new Chance(seed ^ 0x5f37_59df);
  const time = new VirtualTime();
  const start = time.now;
  const network = new Network(time, chance, !story.forgets);
  const exchange = new SimulatedExchange(network, { ...story, price: BTC_PRICE });
  const chain = story.loan && new SimulatedChain(network, chance, story.loan);
  const store = new MemoryStore(() => ms(time.now));
  const laws = new Laws(story, exchange);
  const log: Logger = Object.assign(Object.create(silent), { warn: (facts: object) => laws.warned(facts) });
  const policy = { guards: story.guards, reserves: reservesOf(story, start) };
  const dies = [...story.dies];
  let lives = 0;
  const running = new Map<Process, Keeper>();
  let current = new Process(time);

  const { frozen } = story;
  const stillAt = frozen !== undefined && "checkpoint" in frozen ? frozen.checkpoint : undefined;
  /** It knows nothing of it: to the process it is the next moment. */
  const stand = (process: Process): Promise<void> => {
    process.freeze(frozen!.forMs);
    time.after(100, () => live(new Process(time)));
    return process.answered(time.now, () => undefined);
  };
  const live = (process: Process): void => {
    current = process;
    lives += 1;
    const death = dies.shift()?.checkpoint ?? Infinity;
    let passed = 0;
    const checkpoint = () => {
      passed += 1;
      if (passed === stillAt && lives === 1) return stand(process);
      if (passed < death || !process.alive) return undefined;
      process.kill();
      time.after(500, () => live(new Process(time)));
      return new Promise<void>(() => undefined);
    };
    const connections = story.accounts.map(({ name }) => exchange.connection(process, name));
    if (chain !== undefined) connections.push(chain.connection(process));
    void startKeeper({
      ...{ store, turn: createTurn(turnPorts), engineOf, connections, policy, log },
      ...{ clock: () => ms(time.now), timers: process.timers, timing, checkpoint },
    }).then((started) => {
      if (started.ok) {
        const keeper = started.value;
        running.set(process, keeper);
        laws.begins(store);
        keeper.onChange((written) => laws.heard(written, keeper, ms(time.now)));
        void keeper.ended.then(() => running.delete(process));
      } else if (started.failure.code !== "store/lease-held")
        laws.broken.push(`a keeper could not start: ${started.failure.code}`);
    });
  };

  const at = (moment: number, run: () => void) => time.at(start + moment, run);
  network.badWeather = story.badWeather;
  at(0, () => live(current));
  let [btc, eth] = [Number(BTC_PRICE), Number(ETH_PRICE)];
  for (const move of story.moves)
    at(move.at, () => {
      [btc, eth] = [btc * move.btc, eth * move.eth];
      exchange.price(BigInt(Math.round(btc)));
      chain?.price(BigInt(Math.round(eth)));
    });
  for (const { at: moment, forMs } of story.halts) {
    at(moment, () => exchange.set("halted"));
    at(moment + forMs, () => exchange.set("normal"));
  }
  for (const { at: moment, account, share } of story.closes) at(moment, () => exchange.closes(account, share));
  for (const outage of story.outages)
    at(outage.at, () => void (network.downUntil[outage.of] = Math.min(time.now + outage.forMs, start + STORM_MS)));
  for (const moment of story.killedAt)
    at(moment, () => {
      if (!current.alive) return;
      current.kill();
      time.after(300, () => live(new Process(time)));
    });
  if (frozen !== undefined && "at" in frozen) at(frozen.at, () => void stand(current));
  /** What the owner asks of whichever keeper runs; one that is gone meanwhile does not do it. */
  const owner = (moment: number, ask: (keeper: Keeper) => Promise<void>) =>
    at(moment, () => {
      const [process, keeper] = [...running].findLast(([one]) => one.awake) ?? [];
      if (keeper !== undefined) process?.hears(time.now, () => void ask(keeper).catch(() => undefined));
    });
  for (const { at: moment, mode } of story.modes) owner(moment, (keeper) => keeper.setMode(mode, "owner"));
  const disarmed = story.guards.map((guard) => ({ ...guard, mode: "shadow" as const }));
  const confirmed = story.guards.map(({ id }) => id);
  if (story.disarmsAt !== undefined)
    owner(story.disarmsAt, (keeper) => keeper.setPolicy({ ...policy, guards: disarmed, confirmed }));
  at(STORM_MS, () => void (network.badWeather = 0));

  let checked = [0, 0];
  await time.play(start + STORM_MS + CALM_MS, () => {
    for (const [index, effects] of [exchange.effects, chain?.effects ?? []].entries()) {
      if (effects.length === checked[index]) continue;
      for (const effect of effects.slice(checked[index])) laws.effect(effect);
      checked = checked.with(index, effects.length);
    }
    laws.lying();
    if (time.now <= start + STORM_MS + REST_MS) return false;
    const awake = [...running].filter(([process]) => process.awake);
    return awake.length > 0 && awake.every(([, keeper]) => keeper.view().open.length === 0);
  });
  current.kill();
  const effects = [...exchange.effects, ...(chain?.effects ?? [])];
  await laws.end(store, effects);
  if (seed % READ_BACK_EVERY === 0) await laws.readBack(store);
  if (chain !== undefined && story.loan !== undefined)
    laws.spent(exact(chain.spent, 6), exact(story.loan.wallet, 6), exact(story.floor, 6));
  return { seed, broken: laws.broken, effects: effects.length, lives };
}

const reservesOf = ({ loan, floor }: Story, start: number): readonly Reserve[] =>
  loan === undefined
    ? []
    : [
        {
          ...{ asset: assetId("USDC"), at: morphoBlue.id, holding: holdingId("morpho-blue:me") },
          ...{ free: known(exact(loan.wallet, 6), ms(start)), floor: exact(floor, 6) },
        },
      ];
