import { type Exact, type Ms, parseExact } from "@plimsoll/core/units";
import { InvalidArgumentError } from "commander";
import { isAddress, moment, share } from "./files/units.ts";

/** Parsers of option values; commander prints their complaint with the option's name and the value. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("write a whole number");
  return Number(text);
}

export function seedNumber(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError("write a whole number");
  return BigInt(text);
}

export function positiveDecimal(text: string): Exact {
  const value = parseExact(text);
  if (!value.ok || value.value.digits <= 0n) throw new InvalidArgumentError("write a number above 0, for example 1.25");
  return value.value;
}

export function addressText(text: string): `0x${string}` {
  if (!isAddress(text)) throw new InvalidArgumentError("write 0x and 40 hex digits");
  return text;
}

export function dateText(text: string): Ms {
  const value = moment.safeParse(text);
  if (!value.success) throw new InvalidArgumentError("write a date, for example 2026-12-01 or 2026-12-01T06:00:00Z");
  return value.data;
}

export function shareText(text: string): Exact {
  const value = share.safeParse(text);
  if (!value.success) throw new InvalidArgumentError("write a percentage, for example 22%");
  return value.data;
}
