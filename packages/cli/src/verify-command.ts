import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { countText } from "@plimsoll/server/display";
import { Command } from "commander";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { verifyEvidence } from "./verify-evidence.ts";

/** plimsoll verify: whether an evidence file is whole and was signed by the key that is expected. */
export function verifyCommand(out: Out, finish: Finish): Command {
  return new Command("verify")
    .description(
      "whether an evidence file is whole and signed by the key you expect; the verifier is one file without imports of ours",
    )
    .argument("<file>", "evidence file")
    .option("--key <hex>", "the expected public key, or its fingerprint")
    .option("--data-dir <folder>", "take the fingerprint that was stored there at first start")
    .option("--json", "as JSON")
    .action((path: string, options: { key?: string; dataDir?: string; json?: true }) => {
      const expected = expectedKey(options);
      const file = readEvidence(path);
      const failed = [expected, file].find((read) => !read.ok);
      if (failed !== undefined && !failed.ok) {
        sayFailure(out, failed.failure);
        return finish(failureCode(failed.failure));
      }
      if (!expected.ok || !file.ok) return;
      const verified = verifyEvidence(file.value, expected.value);
      if (options.json) out.line(JSON.stringify(verified, null, 2));
      else if (verified.ok) {
        const { entries, streams, at, fingerprint } = verified;
        out.line(
          `good: ${entries} ${entries === 1 ? "entry" : "entries"} in ${countText(streams, "stream")}, signed ${new Date(at).toISOString()} by ${fingerprint}`,
        );
        out.line(
          "This shows that the record was not altered after that signature by anyone without the key; not that its inputs were true.",
        );
      } else
        out.error(
          `${path}:${verified.line} refused: ${verified.reason}\nNext: do not rely on this file; ask its sender for the original`,
        );
      finish(verified.ok ? exitCodes.safe : exitCodes.error);
    });
}

function expectedKey({ key, dataDir }: { key?: string; dataDir?: string }): Result<string, Why> {
  if (key !== undefined) {
    if (/^[0-9a-fA-F]{64}$/.test(key)) return ok(key);
    return fail(
      why("usage", {
        detail: `--key ${key} is not 64 hex digits`,
        next: "give the public key or the fingerprint that the first start printed",
      }),
    );
  }
  if (dataDir === undefined) {
    return fail(
      why("usage", {
        detail: "a file cannot vouch for its own key",
        next: "add --key FINGERPRINT, or --data-dir of the keeper that signed",
      }),
    );
  }
  const stored = join(dataDir, "evidence-key.pub");
  try {
    return ok(readFileSync(stored, "utf8").split("\n")[1] ?? "");
  } catch (error) {
    return fail(
      why("file-unreadable", {
        where: stored,
        detail: (error as Error).message,
        next: "name the data folder of the keeper that signed",
      }),
    );
  }
}

function readEvidence(path: string): Result<Uint8Array, Why> {
  try {
    return ok(readFileSync(path));
  } catch (error) {
    return fail(why("file-unreadable", { where: path, detail: (error as Error).message, next: "check the path" }));
  }
}
