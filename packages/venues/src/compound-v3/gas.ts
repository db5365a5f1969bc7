/** Gas that a call usually takes: what it may cost is counted by it, limits are more. Every collateral of an account is priced when something is taken out. */
export const usualGas = 250_000n;
