import { useComputedColorScheme } from "@mantine/core";
import { priceText } from "@plimsoll/server/display";
import { type IChartApi, type ISeriesApi, LineSeries, type UTCTimestamp, createChart } from "lightweight-charts";
import { useEffect, useRef } from "react";

/** A price at which a guard acts. */
export interface Level {
  readonly at: string;
  readonly title: string;
}
export interface ChartPoint {
  readonly at: number;
  readonly now: string;
  readonly boundary: string;
}
interface Drawn {
  readonly chart: IChartApi;
  readonly price: ISeriesApi<"Line">;
  readonly boundary: ISeriesApi<"Line">;
}

const ink = {
  light: { text: "#475563", grid: "#e8edf2", price: "#0b6e8f", line: "#c01c28", guard: "#a84300" },
  dark: { text: "#9fb0be", grid: "#1d2831", price: "#4cc2e0", line: "#ff7b7b", guard: "#ffa063" },
} as const;

interface Props {
  readonly points: readonly ChartPoint[];
  readonly levels: readonly Level[];
  readonly label: string;
}

/** A price and the boundary that would take the account, over time. A picture: figures stand in the table. */
export function PriceChart({ points, levels, label }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn>(undefined);
  const scheme = useComputedColorScheme("light");

  useEffect(() => {
    if (box.current === null) return;
    const { text, grid, price, line } = ink[scheme];
    const chart = createChart(box.current, {
      autoSize: true,
      // the browser's own locale may be one that the library cannot read ("en-US@posix")
      localization: { locale: "en-US", priceFormatter: (value: number) => priceText(value.toFixed(9)) },
      layout: { background: { color: "transparent" }, textColor: text, fontSize: 12 },
      grid: { vertLines: { visible: false }, horzLines: { color: grid } },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.15, bottom: 0.15 } },
      timeScale: { borderVisible: false, timeVisible: true, secondsVisible: true },
      handleScroll: false,
      handleScale: false,
    });
    drawn.current = {
      chart,
      price: chart.addSeries(LineSeries, { color: price, lineWidth: 2, title: "price", priceLineVisible: false }),
      boundary: chart.addSeries(LineSeries, {
        color: line,
        lineWidth: 2,
        lineStyle: 2,
        title: "liquidation",
        priceLineVisible: false,
      }),
    };
    return () => {
      drawn.current = undefined;
      chart.remove();
    };
  }, [scheme]);

  useEffect(() => {
    const seconds = [...new Map(points.map((point) => [Math.floor(point.at / 1000), point]))];
    const series = (of: "now" | "boundary") =>
      seconds.map(([at, point]) => ({ time: at as UTCTimestamp, value: Number(point[of]) }));
    drawn.current?.price.setData(series("now"));
    drawn.current?.boundary.setData(series("boundary"));
    drawn.current?.chart.timeScale().fitContent();
  }, [points, scheme]);

  const wanted = JSON.stringify(levels); // equal levels are not drawn again with every reading
  useEffect(() => {
    const series = drawn.current?.price;
    const lines = (JSON.parse(wanted) as Level[]).map(({ at, title }) =>
      series?.createPriceLine({ price: Number(at), title, color: ink[scheme].guard, lineStyle: 3, lineWidth: 1 }),
    );
    return () => {
      for (const line of lines)
        if (line !== undefined && drawn.current?.price === series) series?.removePriceLine(line);
    };
  }, [wanted, scheme]);

  return <div ref={box} className="chart" role="group" aria-label={label} />;
}
