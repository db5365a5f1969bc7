import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import {
  type Abi,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  type Hex,
  decodeFunctionResult,
  encodeFunctionData,
} from "viem";
import { guardianAbi } from "./bindings/index.ts";
import { refusalOf } from "./refusal.ts";

/** A call that has no effect. */
export interface Call {
  readonly to: Hex;
  readonly data: Hex;
  /** Who would make it. */
  readonly from?: Hex;
}

/** What a call answers; `reverted` is the contract's own reason where there is one, against an endpoint's trouble. */
export type Called = Result<Hex, Why & { readonly reverted?: Hex }>;

/** How the chain is asked: at one block, by whom whoever passes it decides. */
export type Reader = (call: Call) => Promise<Called>;

type Reads = "view" | "pure" | "nonpayable";

/** Calls a function of a contract; its refusal is said in the guardian's words. */
export async function readContract<const A extends Abi, N extends ContractFunctionName<A, Reads>>(
  reader: Reader,
  { to, from, abi }: { readonly to: Hex; readonly from?: Hex; readonly abi: A },
  name: N,
  args: ContractFunctionArgs<A, Reads, N>,
): Promise<Result<ContractFunctionReturnType<A, Reads, N>, Why>> {
  const call = { abi, functionName: name, args } as unknown as { abi: Abi; functionName: string };
  const called = await reader({ to, data: encodeFunctionData(call), ...(from !== undefined && { from }) });
  if (!called.ok) return called.failure.reverted === undefined ? called : fail(refusalOf(called.failure.reverted));
  try {
    return ok(decodeFunctionResult({ ...call, data: called.value }) as ContractFunctionReturnType<A, Reads, N>);
  } catch {
    return fail(
      why("chain/unexpected-contract", {
        call: `${name} of ${to}`,
        next: "check the configured addresses and the chain",
      }),
    );
  }
}

/** The same of a guardian. */
export const readGuardian = <N extends ContractFunctionName<typeof guardianAbi, Reads>>(
  reader: Reader,
  at: { readonly to: Hex; readonly from?: Hex },
  name: N,
  args: ContractFunctionArgs<typeof guardianAbi, Reads, N>,
) => readContract(reader, { ...at, abi: guardianAbi }, name, args);

/** Several answers at once, or the first failure among them. */
export async function together<const T extends readonly unknown[]>(asked: {
  readonly [Place in keyof T]: Promise<Result<T[Place], Why>>;
}): Promise<Result<T, Why>> {
  const answers = (await Promise.all(asked)) as readonly Result<unknown, Why>[];
  const failed = answers.find((answer) => !answer.ok);
  if (failed !== undefined) return failed as Result<T, Why>;
  return ok(answers.map((answer) => (answer.ok ? answer.value : undefined)) as unknown as T);
}
