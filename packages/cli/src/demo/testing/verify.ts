// oxlint-disable import/no-relative-parent-imports -- the verifier is one file that nothing imports but its command and tests
export { verifyEvidence } from "../../verify-evidence.ts";
