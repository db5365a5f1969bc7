/** Gas that a call usually takes: what it may cost is counted by it, limits are more. An adjustment of a trove in a batch does the most. */
export const usualGas = 500_000n;
