import { type MarginEngine, bindEngine } from "@plimsoll/core/margin";
import { ok } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { firstFinding, marginConformance } from "./conformance.ts";
import { type Body, type Terms, quotesOf, readBody, readTerms, referenceEngine } from "./reference-engine.ts";
import { referenceSpec } from "./reference-spec.ts";

type Engine = MarginEngine<Body, Terms>;
type Form = Extract<ReturnType<Engine["compile"]>, { form: unknown }>["form"];

const engine = referenceEngine;
/** The engine with its forms changed. */
const reformed = (change: (form: Form, body: Body) => Form): Engine => ({
  ...engine,
  compile: (body, account, scene, line) => {
    const compiled = engine.compile(body, account, scene, line);
    return "form" in compiled ? { form: change(compiled.form, body) } : compiled;
  },
});
/** The engine with its lines changed. */
const reassessed = (change: (line: ReturnType<Engine["assess"]>["lines"][number]) => typeof line): Engine => ({
  ...engine,
  assess: (body, account, scene) => {
    const assessment = engine.assess(body, account, scene);
    return { ...assessment, lines: assessment.lines.map(change) };
  },
});
const frozenHaircut = reformed((form) => ({
  ...form,
  pools: form.pools.map((pool) => ({
    ...pool,
    bends: pool.bends.map((bend) => ({ ...bend, b: bend.b.map(() => 0.9) })),
  })),
}));
const tierAtEntry: Engine = {
  ...engine,
  compile: (body, account, scene, line) => {
    const tiers = scene.terms.body.tiers.slice(0, 1);
    const terms = { ...scene.terms, body: { ...scene.terms.body, tiers } };
    return engine.compile(body, account, { ...scene, terms }, line);
  },
};

marginConformance({
  ...referenceSpec(),
  wrong: [
    { name: "haircut frozen", engine: bindEngine(frozenHaircut, readBody, readTerms, ok) },
    { name: "tier at entry", engine: bindEngine(tierAtEntry, readBody, readTerms, ok) },
  ],
});

describe("damaged copies of the reference engine", () => {
  const zeroForMissing: Engine = {
    ...engine,
    assess: (body, account, scene) => {
      const value = { digits: 1n, scale: 0 };
      const filled = Object.values(quotesOf).map((key) => [key, { value, kind: "mark", asOf: scene.now }] as const);
      return engine.assess(body, account, { ...scene, quotes: new Map([...filled, ...scene.quotes]) });
    },
  };
  const oneDollarLate = reassessed((line) => ({
    ...line,
    crossed: line.surplus.digits < 0n && line.health.digits < 990_000_000_000n,
  }));
  const lateForm = reformed((form) => ({
    ...form,
    have: { ...form.have, constant: form.have.constant + 100 },
    error: { absolute: 1e-6, relative: 1e-12 },
  }));
  // oxfmt-ignore
  test.each<[group: string, mistake: string, engine: Engine, reader?: typeof readBody]>([
    ["1 agreement",    "haircut frozen at today's",         frozenHaircut],
    ["1 agreement",    "tier at entry",                     tierAtEntry],
    ["1 coherence",    "lines without a form",              { ...engine, compile: () => ({ none: "no-debt" }) }],
    ["1 unknown",      "a missing quote is one dollar",     zeroForMissing],
    ["2 at the line",  "crossed only 1 % below the line",   oneDollarLate],
    ["2 at the line",  "form a hundred dollars too easy",   lateForm],
    ["2 at the knots", "deductions lost",                   reformed((form) => ({ ...form, need: { ...form.need, legs: form.need.legs.map((leg) => ({ ...leg, curve: leg.curve.kind === "pieces" ? { ...leg.curve, a: leg.curve.a.map(() => 0) } : leg.curve })) } }))],
    ["3 ties",         "atZero the wrong way",              reformed((form) => ({ ...form, atZero: "liquidatable" }))],
    ["3 ties",         "crossed at exactly 0",              reassessed((line) => ({ ...line, crossed: line.surplus.digits <= 0n }))],
    ["4 nulls",        "no position, still a form",         { ...engine, compile: (body, ...rest) => engine.compile({ ...body, positions: [...body.positions, { symbol: "BTC", size: 1n, entry: 1n }] }, ...rest) }],
    ["4 nulls",        "no debt instead of no position",    { ...engine, compile: (...all) => { const c = engine.compile(...all); return "none" in c ? { none: "no-debt" } : c; } }],
    ["5 laws: midpoint", "a convex have called concave",    reformed((form) => ({ ...form, concave: true, have: form.need, need: { constant: 0, legs: [] } }))],
    ["5 laws: higher line", "a need below 0",               reformed((form) => ({ ...form, need: { ...form.need, constant: -1e7 } }))],
    ["5 laws: have grows", "a fixed bonus",                 reformed((form) => ({ ...form, have: { ...form.have, constant: form.have.constant + 5 } }))],
    ["5 laws: more cash", "cash counted as debt",           { ...engine, assess: (body, ...rest) => engine.assess({ ...body, cash: -body.cash }, ...rest) }],
    ["5 positions: more margin", "cash counted as debt",    { ...engine, assess: (body, ...rest) => engine.assess({ ...body, cash: -body.cash }, ...rest) }],
    ["5 positions: a smaller", "the large are never taken", { ...engine, assess: (body, ...rest) => { const a = engine.assess(body, ...rest); return { ...a, lines: a.lines.map((line) => ({ ...line, crossed: line.crossed && body.positions.every(({ size }) => size < 9_000n) })) }; } }],
    ["5 positions: long and short", "shorts lose nothing",  { ...engine, assess: (body, ...rest) => engine.assess({ ...body, positions: body.positions.filter(({ size }) => size > 0n) }, ...rest) }],
    ["5 positions: another", "debt counted as cash",        { ...engine, assess: (body, ...rest) => engine.assess({ ...body, debt: -body.debt }, ...rest) }],
    ["5 figures",      "a health of infinity in words",     { ...engine, assess: (...all) => { const a = engine.assess(...all); return { ...a, explain: { ...a.explain, value: `${Infinity}` } }; } }],
    ["5 figures",      "a line that needs nothing",         reassessed((line) => ({ ...line, required: { digits: 0n, scale: 0 } }))],
    ["7 time",         "no accrual in the form",            reformed((form) => ({ ...form, accrual: { constant: 0, legs: [] } }))],
    ["7 time",         "advance forgets the funding",       { ...engine, advance: (body) => body }],
    ["7 time",         "index frozen as a constant",        reformed((form, body) => ({ ...form, have: { constant: form.have.constant - Number(body.debt) / 1e6, legs: form.have.legs.slice(1) } }))],
    ["8 bodies: a holding read", "text read as 32 bits", engine, (raw) => readBody(in32Bits(raw))],
    ["8 bodies: damaged", "an empty text is 0",             engine, (raw) => readBody(lenient(raw))],
    ["9 purity",       "assess sorts the positions in place", { ...engine, assess: (body, ...rest) => { (body.positions as unknown[]).reverse(); return engine.assess(body, ...rest); } }],
    ["9 steps",        "takes from a healthy account",      { ...engine, liquidate: (body) => [{ what: "close", after: body, taken: [], fee: [], badDebt: [] }] }],
  ])("%s catches: %s", (group, _mistake, damaged, reader) => {
    expect(firstFinding(referenceSpec(damaged, reader), 60, group)).toBeDefined();
  });

  test("nothing is found in the engine as it is", () => {
    expect(firstFinding(referenceSpec(), 60)).toBeUndefined();
  });
});

/** Every text inside a value changed. */
const retold = (raw: unknown, tell: (text: string) => unknown): unknown => {
  if (typeof raw === "string") return tell(raw);
  if (Array.isArray(raw)) return raw.map((item) => retold(item, tell));
  if (typeof raw !== "object" || raw === null) return raw;
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, retold(value, tell)]));
};
const lenient = (raw: unknown) => retold(raw, (text) => (text.trim() === "" ? "0" : text));
const in32Bits = (raw: unknown) => retold(raw, (text) => (/^-?\d+$/.test(text) ? BigInt(Number(text) | 0) : text));
