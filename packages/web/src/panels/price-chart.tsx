import { useComputedColorScheme } from "@mantine/core";
import { priceText } from "@plimsoll/server/display";
import {
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  type UTCTimestamp,
  createChart,
} from "lightweight-charts";
import { useEffect, useRef } from "react";

/** A price at which a guard acts. */
export interface Level {
  readonly at: string;
  readonly title: string;
}
export interface ChartPoint {
  readonly at: number;
  readonly now: string;
  readonly alone?: string;
  readonly together?: string;
}
/** What is drawn of each point, and how it is called in the chart. */
const titles = { now: "price", alone: "liquidation", together: "liquidation, all together" } as const;
type Drawing = keyof typeof titles;
interface Drawn {
  readonly chart: IChartApi;
  readonly series: Readonly<Record<Drawing, ISeriesApi<"Line">>>;
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

/** A price and the boundaries that would take the account, over time. A picture: figures stand in the table. */
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
    const lineOf = (of: Drawing, style: { color: string; lineStyle: LineStyle }) =>
      chart.addSeries(LineSeries, { ...style, lineWidth: 2, title: titles[of], priceLineVisible: false });
    const series = {
      now: lineOf("now", { color: price, lineStyle: LineStyle.Solid }),
      alone: lineOf("alone", { color: line, lineStyle: LineStyle.Dashed }),
      together: lineOf("together", { color: line, lineStyle: LineStyle.LargeDashed }),
    };
    drawn.current = { chart, series };
    return () => {
      drawn.current = undefined;
      chart.remove();
    };
  }, [scheme]);

  useEffect(() => {
    const seconds = [...new Map(points.map((point) => [Math.floor(point.at / 1000), point]))];
    for (const [of, line] of Object.entries(drawn.current?.series ?? {}) as [Drawing, ISeriesApi<"Line">][]) {
      line.setData(
        seconds.map(([at, point]) => {
          const time = at as UTCTimestamp;
          const value = point[of];
          return value === undefined ? { time } : { time, value: Number(value) }; // a gap where there is no boundary
        }),
      );
    }
    drawn.current?.chart.timeScale().fitContent();
  }, [points, scheme]);

  const wanted = JSON.stringify(levels); // equal levels are not drawn again with every reading
  useEffect(() => {
    const series = drawn.current?.series.now;
    const lines = (JSON.parse(wanted) as Level[]).map(({ at, title }) =>
      series?.createPriceLine({ price: Number(at), title, color: ink[scheme].guard, lineStyle: 3, lineWidth: 1 }),
    );
    return () => {
      for (const line of lines)
        if (line !== undefined && drawn.current?.series.now === series) series?.removePriceLine(line);
    };
  }, [wanted, scheme]);

  return <div ref={box} className="chart" role="group" aria-label={label} />;
}
