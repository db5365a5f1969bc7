import { isBuiltin } from "node:module";
import react from "@vitejs/plugin-react";
import { type Plugin, defineConfig } from "vite";

/** A Node built-in in the page is an error, not a warning: no browser has it. */
const browserOnly: Plugin = {
  name: "browser-only",
  enforce: "pre",
  resolveId(id, importer) {
    if (isBuiltin(id)) this.error(`${importer ?? "entry"} imports ${id}, which no browser has`);
  },
};

export default defineConfig({
  plugins: [browserOnly, react()],
  build: {
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
    // the first browsers with light-dark(), which both colour schemes rest on; an older target has it rewritten and broken
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
  },
});
