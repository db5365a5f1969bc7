import * as z from "zod";

/** Names of the contract's schemas, for the OpenAPI document; apart from zod's global registry, which others share. */
export const contract = z.registry<{ id: string; description?: string }>();
