import type { Action } from "@plimsoll/core/book";
import type { Lever, MarginEngine, Scene } from "@plimsoll/core/margin";
import { type Exact, ZERO, add, exact, text, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { margin as binance } from "./binance/margin.ts";
import * as onBinance from "./binance/testing.ts";
import { margin as bybit } from "./bybit/margin.ts";
import * as onBybit from "./bybit/testing.ts";
import { margin as deribit } from "./deribit/margin.ts";
import * as onDeribit from "./deribit/testing.ts";
import { margin as hyperliquid } from "./hyperliquid/margin.ts";
import * as onHyperliquid from "./hyperliquid/testing.ts";
import { margin as okx } from "./okx/margin.ts";
import * as onOkx from "./okx/testing.ts";

interface Case {
  readonly venue: string;
  readonly instrument: string;
  /** Sizes held of the instrument, with their signs. */
  readonly sizes: (body: unknown) => readonly Exact[];
  readonly engine: MarginEngine<unknown, unknown>;
  readonly empty: unknown;
  /** Holds the instrument long. */
  readonly long: unknown;
  readonly sceneAt: (price: string) => Scene<unknown>;
  /** Worked by hand: what is free at a price of 50,000, over what one step is worth. */
  readonly most: string;
}

type Any = MarginEngine<unknown, unknown>;
const bybitTerms = onBybit.termsOf({ contracts: { BTCUSDT: onBybit.linear() } });
const okxTerms = onOkx.termsOf({ contracts: { "BTC-USDT-SWAP": onOkx.linear() } });
const btcOf = (price: string) => Object.fromEntries([...onDerive(price)]);
function* onDerive(price: string): Generator<readonly [string, string]> {
  yield ["btc_usd:index", price];
  yield ["BTC-PERPETUAL:basis", "1"];
}

// oxfmt-ignore
const cases: readonly Case[] = [
  {
    venue: "binance", instrument: "BTCUSDT", engine: binance as Any,
    empty: onBinance.bodyOf("10000", []), long: onBinance.bodyOf("10000", [onBinance.position("BTCUSDT", "0.1", "50000")]),
    sceneAt: (price) => onBinance.sceneOf({ BTCUSDT: price }),
    sizes: (body) => (body as ReturnType<typeof onBinance.bodyOf>).positions.map(({ size }) => size),
    most: "0.2",
  },
  {
    venue: "bybit", instrument: "BTCUSDT", engine: bybit as Any,
    empty: onBybit.bodyOf({ USDT: "10000" }, []), long: onBybit.bodyOf({ USDT: "10000" }, [onBybit.position("BTCUSDT", "0.1", "50000")]),
    sceneAt: (price) => onBybit.sceneOf({ BTCUSDT: price, USDT: "1" }, bybitTerms),
    sizes: (body) => (body as ReturnType<typeof onBybit.bodyOf>).positions.map(({ size }) => size),
    most: "0.2",
  },
  {
    venue: "okx", instrument: "BTC-USDT-SWAP", engine: okx as Any,
    empty: onOkx.bodyOf({ USDT: "10000" }, []), long: onOkx.bodyOf({ USDT: "10000" }, [onOkx.contract("BTC-USDT-SWAP", "1", "50000")]),
    sceneAt: (price) => onOkx.sceneOf({ "BTC-USDT-SWAP": price, USDT: "1" }, okxTerms),
    sizes: (body) => (body as ReturnType<typeof onOkx.bodyOf>).positions.flatMap((each) => (each.kind === "contract" ? [each.contracts] : [])),
    most: text(okxMost()),
  },
  {
    venue: "hyperliquid", instrument: "BTC", engine: hyperliquid as Any,
    empty: onHyperliquid.bodyOf("10000", []), long: onHyperliquid.bodyOf("5000", [onHyperliquid.position("BTC", "0.1")]),
    sceneAt: (price) => onHyperliquid.sceneOf({ BTC: price }, onHyperliquid.IN_2023),
    sizes: (body) => (body as ReturnType<typeof onHyperliquid.bodyOf>).positions.map(({ size }) => size),
    most: "0.2",
  },
  {
    // inverse: 0.2 coins at 50,000 dollars each
    venue: "deribit", instrument: "BTC-PERPETUAL", engine: deribit as Any,
    empty: onDeribit.bodyOf({ BTC: "0.2" }, []), long: onDeribit.bodyOf({ BTC: "0.2" }, [onDeribit.position("BTC-PERPETUAL", "1000", "50000")]),
    sceneAt: (price) => onDeribit.sceneOf(btcOf(price)),
    sizes: (body) => (body as ReturnType<typeof onDeribit.bodyOf>).positions.map(({ size }) => size),
    most: "10000",
  },
];
/** Contracts of the test's own size in coins. */
function okxMost(): Exact {
  const { size, lot } = onOkx.linear();
  const contracts = 10_000 / (50_000 * toNumber(size));
  const lots = Math.floor(contracts / toNumber(lot) + 1e-9);
  return exact(BigInt(lots) * lot.digits, lot.scale);
}

const sideOf = (lever: Lever): string => (lever.act(lever.step, ZERO) as Extract<Action, { do: "order" }>).side;

test.each(cases)(
  "$venue: a declared hedge opens within what is free, survives where its price nearly doubles, and nothing else opens",
  (one) => {
    const { engine, empty, long, instrument, venue } = one;
    const scene = one.sceneAt("50000");
    const levers = engine.hedges!(empty, instrument, scene);
    expect(levers.map(sideOf)).toEqual(["sell", "buy"]);
    const [sell] = levers;
    expect(toNumber(sell!.most)).toBeCloseTo(Number(one.most), 9);
    const order = sell!.act(sell!.most, ZERO) as Extract<Action, { do: "order" }>;
    expect(engine.apply(empty, order, scene)).toMatchObject({
      ok: false,
      failure: { code: `${venue}/not-reduce-only` },
    });
    const declared = { ...order, hedges: "elsewhere/account" };
    const opened = engine.apply(empty, declared, scene);
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    expect(one.sizes(opened.value).map(text)).toEqual([text({ ...order.size, digits: -order.size.digits })]);
    const more = { ...declared, size: add(order.size, sell!.step) };
    expect(engine.apply(empty, more, scene)).toMatchObject({
      ok: false,
      failure: { code: `${venue}/hedge-beyond-free` },
    });
    const account = engine
      .accounts(opened.value)
      .find((key) => engine.assess(opened.value, key, scene).lines.length > 0)!;
    const crossed = (price: string) =>
      engine.assess(opened.value, account, one.sceneAt(price)).lines.find(({ name }) => name === "maintenance")!
        .crossed;
    expect([crossed("50000"), crossed("90000")]).toEqual([false, false]);
    // what is held long is reduced, not hedged; enlarging it is a hedge of a short elsewhere
    expect(engine.hedges!(long, instrument, scene).map(sideOf)).toEqual(["buy"]);
    expect(engine.apply(long, { ...declared, size: sell!.step }, scene)).toMatchObject({
      ok: false,
      failure: { code: `${venue}/would-reduce` },
    });
    const [grow] = engine.hedges!(long, instrument, scene);
    const grown = engine.apply(long, { ...(grow!.act(grow!.most, ZERO) as typeof order), hedges: "x/y" }, scene);
    expect(grown.ok).toBe(true);
    expect(engine.hedges!(empty, instrument, { ...scene, quotes: new Map() })).toEqual([]);
  },
);
