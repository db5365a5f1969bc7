import { gunzipSync } from "node:zlib";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { unzipSync } from "fflate";

const known: readonly (readonly [name: string, magic: readonly number[]])[] = [
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["LZ4", [0x04, 0x22, 0x4d, 0x18]],
  ["Parquet", [...Buffer.from("PAR1")]],
  ["Arrow", [...Buffer.from("ARROW1")]],
];
const starts = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, index) => bytes[index] === byte);

/** The text of a file: plain, gzip, or a zip with one file in it; told by the first bytes, not by the name. */
export function unpackText(bytes: Uint8Array, where: string): Result<string, Why> {
  const foreign = known.find(([, magic]) => starts(bytes, magic));
  if (foreign !== undefined) {
    return fail(
      why("tape-invalid", {
        where,
        detail: `${where} is a ${foreign[0]} file`,
        next: "convert it to CSV, plain or gzip",
      }),
    );
  }
  try {
    if (starts(bytes, [0x1f, 0x8b])) return ok(new TextDecoder().decode(gunzipSync(bytes)));
    if (!starts(bytes, [0x50, 0x4b])) return ok(new TextDecoder().decode(bytes));
    const files = Object.entries(unzipSync(bytes));
    const [only] = files;
    if (files.length === 1 && only !== undefined) return ok(new TextDecoder().decode(only[1]));
    return fail(
      why("tape-invalid", { where, detail: `${where} holds ${files.length} files`, next: "give one file of candles" }),
    );
  } catch (error) {
    return fail(
      why("tape-invalid", {
        where,
        detail: `${where} is damaged: ${(error as Error).message}`,
        next: "fetch it again",
      }),
    );
  }
}
