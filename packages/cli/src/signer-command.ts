import { resolve } from "node:path";
import { type Result, type Why, fail, holdingId, ok, text } from "@plimsoll/core/units";
import { serveSigner } from "@plimsoll/keeper";
import { Command } from "commander";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { type LayeredConfig, readConfig } from "./files/config-file.ts";
import { keyRing } from "./files/key-ring.ts";
import { hiddenInput } from "./hidden-input.ts";
import { interrupted } from "./interrupted.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { type SigningAccount, openSigning } from "./signing-accounts.ts";

/** plimsoll signer: holds the keys that send, for a serve of the same data folder that holds none. */
export function signerCommand(out: Out, finish: Finish): Command {
  return new Command("signer")
    .description(
      "hold the keys that send and sign within limits, for a serve that has none (signer: true in its config)",
    )
    .requiredOption("--config <file>", "config file (schema: plimsoll config schema config)")
    .option("--data-dir <folder>", "overrides dataDir; the same as serve's")
    .addHelpText(
      "after",
      `
What may be signed is read once, at the start: the limits of each account, else what its guards may do. A guard that was changed
afterwards gets no further than that until the signer is started again.`,
    )
    .action(async ({ config, dataDir }: { config: string; dataDir?: string }) => {
      const layers = readConfig(config, process.env, { ...(dataDir && { dataDir }) });
      const signed = layers.ok ? await sign(out, layers.value) : layers;
      if (signed.ok) return finish(exitCodes.safe);
      sayFailure(out, signed.failure);
      finish(failureCode(signed.failure));
    });
}

async function sign(out: Out, layers: LayeredConfig): Promise<Result<void, Why>> {
  const stop = interrupted();
  const ring = keyRing(layers.config, process.env, hiddenInput());
  const opened = await openSigning(layers, ring, process.env);
  try {
    if (!opened.ok) return opened;
    const accounts = new Map(opened.value.map((each) => [holdingId(each.account.name), each]));
    const signer = await serveSigner(resolve(layers.config.dataDir), accounts);
    if (!signer.ok) return fail(signer.failure);
    for (const account of opened.value) say(out, account);
    out.line(`Signs at ${signer.value.socket}, for this user alone. Ctrl-C ends it; then nothing is sent.`);
    await stop.happened;
    await signer.value.stop();
    return ok(undefined);
  } finally {
    if (opened.ok) await Promise.all(opened.value.map(({ close }) => close()));
    stop.release();
  }
}

/** Says what may be signed for an account, and with which key. */
function say(out: Out, { account, key, rules, notices }: SigningAccount): void {
  const { instruments, assets, hedges } = rules;
  out.line(`${account.name} (${account.venue}), key ${key.fingerprint} from ${key.place}`);
  out.line("  cancels orders");
  if (instruments.length > 0) out.line(`  reduces positions and places stops in ${instruments.join(", ")}`);
  for (const { instrument, perDay } of hedges)
    out.line(`  opens hedges in ${instrument}, ${text(perDay)} in any 24 hours at most`);
  for (const { asset, perDay } of assets)
    out.line(`  supplies, repays or moves as margin ${text(perDay)} ${asset} in any 24 hours at most`);
  for (const notice of notices) sayFailure(out, notice);
}
