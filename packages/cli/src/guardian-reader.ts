import type { Armed, Called, Reader } from "@plimsoll/contracts";
import { readArmed } from "@plimsoll/contracts";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { ask, complaint, revertData } from "@plimsoll/venues/chain";
import type { readClient } from "@plimsoll/venues/chain";

export type Client = ReturnType<typeof readClient>;
type Address = `0x${string}`;

/** Calls without effect, at the block that waits to be made or at one that stands. */
export const guardianReader =
  (client: Client, at: "pending" | bigint): Reader =>
  async ({ to, data, from }): Promise<Called> => {
    try {
      const block = at === "pending" ? { blockTag: at } : { blockNumber: at };
      const reply = await client.call({ to, data, ...(from !== undefined && { account: from }), ...block });
      return ok(reply.data ?? "0x");
    } catch (error) {
      const reverted = revertData(error);
      if (reverted !== undefined) return fail({ ...why("chain/reverted"), reverted });
      const next = "check that the RPC endpoint is up, or configure another one";
      return fail(why("chain/rpc-failed", { call: "eth_call", detail: complaint(error), next }));
    }
  };

/** Blocks of one question for events: what public endpoints answer. */
const atOnce = 10_000n;

/** Every policy that was armed in these blocks; whether it still is, the contract says. */
export async function findPolicies(
  client: Client,
  guardian: Address,
  from: bigint,
  upTo: bigint,
): Promise<Result<readonly Armed[], Why>> {
  const found: Armed[] = [];
  for (let fromBlock = from; fromBlock <= upTo; fromBlock += atOnce) {
    const toBlock = fromBlock + atOnce - 1n < upTo ? fromBlock + atOnce - 1n : upTo;
    const logs = await ask("eth_getLogs", () => client.getLogs({ address: guardian, fromBlock, toBlock }));
    if (!logs.ok) return logs;
    found.push(...readArmed(logs.value));
  }
  return ok(found);
}
