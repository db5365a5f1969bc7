import { type Exact, type Result, type Why, ok, text, trim } from "@plimsoll/core/units";
import { decimal } from "@plimsoll/venues/wire";
import * as z from "zod";
import { resultOf } from "./raw.ts";

const figure = decimal(40).transform((value: Exact) => text(trim(value)));
const Pair = z.object({
  price_range: figure,
  volatility_range_up: figure,
  volatility_range_down: figure,
  min_volatility_for_shock_up: figure,
  short_term_vega_power: figure,
  long_term_vega_power: figure,
  extended_table_factor: figure,
  m_inc: figure,
  delta_total_liq_shock_threshold: figure,
  max_delta_shock: figure,
});
const Currency = z.object({
  haircut: figure,
  annualised_move_risk: figure,
  min_annualised_move: figure,
  extended_dampener: figure,
  correlation_set: z.boolean(),
});
const General = z.object({
  mm_factor: figure,
  buckets_count: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number),
});
const Answer = z.object({
  model_params: z.object({
    general: General,
    currency_pair: z.record(z.string().min(1), Pair),
    currency: z.record(z.string().min(1), Currency),
  }),
});

/** Parameters that an account's scenarios are made with, as a terms document writes them. */
export interface MarginModel {
  /** By pair; what of a matrix the venue does not tell is not in it. */
  readonly matrices: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
  /** By currency in capitals. */
  readonly haircuts: Readonly<Record<string, string>>;
  /** Currencies said to be correlated, whose gains the venue would count against other coins' losses: not modelled. */
  readonly correlated: readonly string[];
}

/**
 * Reads an answer of `private/pme/simulate` (numbers as text).
 * @source Deribit API, private/pme/simulate: `model_params` by pair, by currency and in general.
 */
export function readMarginModel(answer: unknown): Result<MarginModel, Why> {
  const read = resultOf("pme/simulate", Answer, answer);
  if (!read.ok) return read;
  const { general, currency_pair: pairs, currency: currencies } = read.value.model_params;
  const matrices = Object.entries(pairs).flatMap(([pair, of]) => {
    const coin = currencies[pair.split("_")[0]!];
    return coin === undefined ? [] : [[pair, matrixOf(of, coin, general)] as const];
  });
  const named = Object.entries(currencies).map(([name, each]) => [name.toUpperCase(), each] as const);
  return ok({
    matrices: Object.fromEntries(matrices),
    haircuts: Object.fromEntries(named.map(([name, { haircut }]) => [name, haircut])),
    correlated: named.flatMap(([name, each]) => (each.correlation_set ? [name] : [])),
  });
}

const matrixOf = (
  pair: z.infer<typeof Pair>,
  coin: z.infer<typeof Currency>,
  { mm_factor: maintenanceFactor, buckets_count: buckets }: z.infer<typeof General>,
) => ({
  priceRange: pair.price_range,
  buckets,
  volUp: pair.volatility_range_up,
  volDown: pair.volatility_range_down,
  volUpLeast: pair.min_volatility_for_shock_up,
  shortPower: pair.short_term_vega_power,
  longPower: pair.long_term_vega_power,
  extendedFactor: pair.extended_table_factor,
  extendedDampener: coin.extended_dampener,
  annualisedMoveRisk: coin.annualised_move_risk,
  minAnnualisedMove: coin.min_annualised_move,
  deltaShockThreshold: pair.delta_total_liq_shock_threshold,
  deltaShockSlope: pair.m_inc,
  deltaShockMost: pair.max_delta_shock,
  maintenanceFactor,
});
