import { type Exact, type Ms, exact, ms, parseExact } from "@plimsoll/core/units";
import * as z from "zod";

/** An address on an EVM chain. */
export const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
export const isAddress = (text: string): text is `0x${string}` => ADDRESS.test(text);

const SECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** "30s", "24h", "250ms" to milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, "not a duration: write a whole number with a unit, for example 30s or 24h")
  .transform((text): Ms => {
    const [, count = "0", unit = "s"] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
    return ms(Number(count) * SECONDS[unit as keyof typeof SECONDS]);
  })
  .meta({ examples: ["30s", "24h"] });

/** "12.5%" or "50bps" to a share of 1; a bare number is refused because it could be either. */
export const share = z
  .string()
  .regex(/^\d+(\.\d+)?(%|bps)$/, "not a share: write a percentage or basis points, for example 12.5% or 50bps")
  .transform((text): Exact => {
    const basis = text.endsWith("bps");
    const read = parseExact(text.slice(0, basis ? -3 : -1));
    const { digits, scale } = read.ok ? read.value : exact(0n);
    return exact(digits, scale + (basis ? 4 : 2));
  })
  .meta({ examples: ["12.5%", "50bps"] });

/** A plain positive decimal: a health, a price. */
export const positive = z
  .string()
  .regex(/^\d+(\.\d+)?$/, "not a positive decimal: write plain digits, for example 1.25")
  .transform((text): Exact => {
    const read = parseExact(text);
    return read.ok ? read.value : exact(0n);
  })
  .refine((value) => value.digits > 0n, "must be above 0")
  .meta({ examples: ["1.25"] });

/** "1500 USDC": an amount with its asset. */
export const amount = z
  .string()
  .regex(/^\d+(\.\d+)? [A-Za-z0-9.]+$/, "not an amount: write a number and its asset, for example 1500 USDC")
  .transform((text): { readonly amount: Exact; readonly asset: string } => {
    const [digits = "0", asset = ""] = text.split(" ");
    const read = parseExact(digits);
    return { amount: read.ok ? read.value : exact(0n), asset };
  })
  .meta({ examples: ["1500 USDC"] });

/** A date (00:00 UTC), or a moment with its offset. */
export const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], "not a date: write 2026-12-01 or 2026-12-01T06:00:00Z")
  .transform((text): Ms => ms(Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text)))
  .meta({ examples: ["2026-12-01", "2026-12-01T06:00:00Z"] });

/** A whole number written as text or as a number. */
export const whole = z
  .string()
  .regex(/^\d{1,9}$/, "not a whole number")
  .transform(Number);
