/** Names of the themes. */
export type ThemeName = "light" | "dark";

/** Colours of a picture. The first three series stay apart for colour-blind readers; all have 3:1 on the ground. */
export interface Theme {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  /** Shade of a stretch without data. */
  readonly gap: string;
  /** An anomaly: also told by its shape, never by colour alone. */
  readonly mark: string;
  readonly up: string;
  readonly down: string;
  readonly series: readonly string[];
  /** Of a heat map: nothing, or the middle between down and up. */
  readonly neutral: string;
}

export const themes: Readonly<Record<ThemeName, Theme>> = {
  light: {
    background: "#ffffff",
    text: "#1a1d23",
    muted: "#5b6270",
    grid: "#e7e9ee",
    gap: "#eceef2",
    mark: "#c8102e",
    up: "#0b6fb8",
    down: "#c2570c",
    series: ["#0b6fb8", "#c2570c", "#33205e", "#00805f", "#6b7280"],
    neutral: "#f0f1f4",
  },
  dark: {
    background: "#15181e",
    text: "#eceef2",
    muted: "#a2a9b8",
    grid: "#2a2f39",
    gap: "#232831",
    mark: "#ff6b6b",
    up: "#5cb3f2",
    down: "#f0a04b",
    series: ["#5cb3f2", "#f0a04b", "#efe9c0", "#3cc9a0", "#a2a9b8"],
    neutral: "#242a33",
  },
};

/** The colour of the nth series; they repeat when a chart has more than there are. */
export function seriesColour(theme: Theme, index: number): string {
  return theme.series[index % theme.series.length] ?? theme.text;
}

/** Inter ships with the project for PNGs; elsewhere the reader's own sans-serif stands in. */
export const fontFamily = "Inter, system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
