import { Suspense, lazy, useEffect, useState, useSyncExternalStore } from "react";
import { type Live, viewPresence } from "./live/index.ts";
import { Overview } from "./overview.tsx";
import { type Screen, TopBar } from "./panels/top-bar.tsx";
import { viewStatus } from "./panels/view-status.ts";
import { type ScreenProps, readRows } from "./reading.ts";
import { useRoute, useShortcuts } from "./route.ts";

const PositionsScreen = lazy(() => import("./screens.tsx").then((screens) => ({ default: screens.PositionsScreen })));
const ActivityScreen = lazy(() => import("./screens.tsx").then((screens) => ({ default: screens.ActivityScreen })));

const screens: readonly Screen[] = [
  { href: "#/", name: "Overview", key: "o" },
  { href: "#/positions", name: "Positions", key: "p" },
  { href: "#/activity", name: "Activity", key: "a" },
];

/** The page's clock: ages grow also when nothing arrives. */
function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

export function App({ live }: { readonly live: Live }) {
  const state = useSyncExternalStore(live.listen, live.read);
  const here = useRoute();
  useShortcuts(screens);
  const presence = viewPresence(state, Math.max(useNow(1_000), state.heardAt));
  const { scenery } = state;
  return (
    <>
      <TopBar
        screens={screens}
        here={here}
        presence={presence}
        status={scenery && viewStatus(scenery.book, presence.stale)}
      />
      <main>
        {state.link === "refused" && <NoToken />}
        {scenery && state.link !== "refused" && (
          <Suspense>
            <ScreenOf
              here={here}
              state={{ ...state, scenery }}
              presence={presence}
              rows={readRows(scenery.book, presence)}
            />
          </Suspense>
        )}
      </main>
    </>
  );
}

function ScreenOf({ here, ...props }: ScreenProps & { readonly here: string }) {
  if (here === "#/positions") return <PositionsScreen {...props} />;
  if (here === "#/activity") return <ActivityScreen {...props} />;
  return <Overview {...props} />;
}

/** Shown where the link carried no token, or one of an earlier start. */
export function NoToken() {
  return (
    <section className="panel blank">
      <h1>This page needs its link</h1>
      <p>
        Plimsoll prints a link when it starts; the part after # is the token that opens this page. Open that link again:
        a new start has a new token unless one is configured.
      </p>
    </section>
  );
}
