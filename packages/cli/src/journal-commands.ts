import { type Result, type Why, hex, ms } from "@plimsoll/core/units";
import { type SigningKey, backupFolder, exportEvidence, openReader, openSigningKey } from "@plimsoll/keeper";
import { Command } from "commander";
import { failureCode } from "./failure-code.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";

const dataDir = ["--data-dir <folder>", "data folder of the keeper", ".plimsoll"] as const;

/** plimsoll evidence: the whole journal of a data folder, signed, as one file for anybody; also while the keeper runs. */
export function evidenceCommand(out: Out, finish: Finish): Command {
  return new Command("evidence")
    .description("write the whole journal, signed, to a file that anybody with the public key can verify")
    .argument("<file>", "where to write; nothing is overwritten")
    .option(...dataDir)
    .action(async (to: string, options: { dataDir: string }) => {
      const sealed = await sealEvidence(options.dataDir, to);
      if (sealed.ok) return out.line(`${to}\nplimsoll verify ${to} --key ${sealed.value.fingerprint}`);
      sayFailure(out, sealed.failure);
      finish(failureCode(sealed.failure));
    });
}

async function sealEvidence(folder: string, to: string): Promise<Result<SigningKey, Why>> {
  const reader = openReader(folder);
  if (!reader.ok) return reader;
  try {
    const key = openSigningKey(folder);
    if (!key.ok) return key;
    const written = await exportEvidence(reader.value, key.value, to, ms(Date.now()));
    return written.ok ? key : written;
  } finally {
    reader.value.close();
  }
}

/** plimsoll backup: a consistent copy of the journal as one file; also while the keeper runs. Copying the files by hand is not one. */
export function backupCommand(out: Out, finish: Finish): Command {
  return new Command("backup")
    .description("a consistent copy of a data folder's journal as one file, also while the keeper runs")
    .argument("<file>", "where to write; nothing is overwritten")
    .option(...dataDir)
    .action(async (to: string, options: { dataDir: string }) => {
      const copied = await backupFolder(options.dataDir, to);
      if (!copied.ok) {
        sayFailure(out, copied.failure);
        return finish(failureCode(copied.failure));
      }
      out.line(`${to}: ${copied.value.heads.size} streams`);
      for (const [stream, head] of copied.value.heads) out.line(`  ${stream} ${hex(head).slice(0, 16)}`);
    });
}
