import { accountRoutes } from "./account-routes.ts";
import { conditionalRoutes } from "./conditional-routes.ts";
import { marketRoutes } from "./market-routes.ts";
import { orderRoutes } from "./order-routes.ts";
import type { Route } from "./route.ts";

/** Every path this front serves, by method and path; anything else is answered as the venue answers an unknown path. */
export const routes: Readonly<Record<string, Route>> = {
  ...marketRoutes,
  ...accountRoutes,
  ...orderRoutes,
  ...conditionalRoutes,
};
