import "@mantine/core/styles/baseline.css";
import "@mantine/core/styles/default-css-variables.css";
import "@mantine/core/styles/global.css";
import "@mantine/core/styles/UnstyledButton.css";
import "@mantine/core/styles/ActionIcon.css";
import "@mantine/core/styles/Paper.css";
import "@mantine/core/styles/SimpleGrid.css";
import "@mantine/core/styles/Progress.css";
import { MantineProvider, createTheme } from "@mantine/core";
import { createRoot } from "react-dom/client";
import { App, NoToken } from "./app.tsx";
import { connectLive, takeToken } from "./live/index.ts";
import "./style.css";

const theme = createTheme({
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  primaryColor: "cyan",
});
const root = document.getElementById("root");
if (root === null) throw new Error("invariant broken: the page has no root");
const token = takeToken({ location, storage: sessionStorage, history });
createRoot(root).render(
  <MantineProvider theme={theme} defaultColorScheme="auto">
    {token === undefined ? (
      <main>
        <NoToken />
      </main>
    ) : (
      <App live={connectLive(token)} />
    )}
  </MantineProvider>,
);
