/** Every metric, by its name: what kind it is, and what it counts. Sizes are in bytes, times in seconds. */
const families = {
  ticklake_ticks_sent_total: ["counter", "Ticks that the hub accepted"],
  ticklake_sent_bytes_total: ["counter", "Bytes of those ticks"],
  ticklake_sent_batches_total: ["counter", "Calls in which the hub accepted them"],
  ticklake_send_seconds: ["histogram", "From a call of the hub to its acceptance"],
  ticklake_events_received_total: ["counter", "Events that were taken from the hub and stored"],
  ticklake_received_batches_total: ["counter", "Batches of those events"],
  ticklake_flush_seconds: ["histogram", "From a whole batch to all of it being stored"],
  ticklake_lag_seconds: ["gauge", "From the hub's taking the newest stored event to its being stored"],
  ticklake_lag_events: ["gauge", "Events that the hub has beyond the last checkpoint"],
  ticklake_ticks_stored_total: ["counter", "Lines in new blobs of ticks"],
  ticklake_rejects_stored_total: ["counter", "Lines in new blobs of what could not be decoded"],
  ticklake_blobs_total: ["counter", "Blobs that were created"],
  ticklake_blob_bytes_total: ["counter", "Bytes of those blobs"],
  ticklake_put_seconds: ["histogram", "From a put to the store's answer"],
  ticklake_reconnects_total: ["counter", "Connections that were lost and requests that failed"],
  ticklake_retries_total: ["counter", "Batches that could not be stored and were tried again"],
  ticklake_gaps_total: ["counter", "Gaps in an exchange's trade numbers"],
  ticklake_refused_kinds_total: ["counter", "Kinds of messages from sources that were not as documented"],
  ticklake_job_runs_total: ["counter", "Runs of jobs, by their outcome"],
  ticklake_job_seconds: ["histogram", "How long a run of a job took"],
} as const satisfies Record<string, readonly ["counter" | "gauge" | "histogram", string]>;

type Families = typeof families;
type NameOf<Kind> = { [N in keyof Families]: Families[N][0] extends Kind ? N : never }[keyof Families];

/** Labels by name; what they may be told apart by is few: a partition, a job, an outcome. */
export type Labels = Readonly<Record<string, string>>;

/** What a process counts about itself. */
export interface Metrics {
  /** Adds to a counter. */
  count(name: NameOf<"counter">, by?: number, labels?: Labels): void;
  /** Sets a gauge. */
  set(name: NameOf<"gauge">, value: number, labels?: Labels): void;
  /** Adds one observation to a histogram. */
  observe(name: NameOf<"histogram">, seconds: number, labels?: Labels): void;
  /** The text format 0.0.4, https://prometheus.io/docs/instrumenting/exposition_formats/. */
  text(): string;
}

/** Upper bounds in seconds: from a put on this machine to a flush that waits for a store in trouble. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

interface Histogram {
  readonly counts: number[];
  sum: number;
  total: number;
}

/** Starts with every counter at 0, so that a rate can be computed from the first event on. */
export function metrics(): Metrics {
  const values = new Map<string, Map<string, number>>();
  const histograms = new Map<string, Map<string, Histogram>>();
  const seriesOf = (name: string) => getOrAdd(values, name, () => new Map<string, number>());
  return {
    count(name, by = 1, labels = {}) {
      const series = seriesOf(name);
      series.set(labelText(labels), (series.get(labelText(labels)) ?? 0) + by);
    },
    set(name, value, labels = {}) {
      seriesOf(name).set(labelText(labels), value);
    },
    observe(name, seconds, labels = {}) {
      const series = getOrAdd(histograms, name, () => new Map<string, Histogram>());
      const empty = () => ({ counts: bounds.map(() => 0), sum: 0, total: 0 });
      const histogram = getOrAdd(series, labelText(labels), empty);
      histogram.sum += seconds;
      histogram.total++;
      // Prometheus' buckets are cumulative.
      for (const [index, bound] of bounds.entries()) if (seconds <= bound) histogram.counts[index]!++;
    },
    text() {
      return Object.entries(families).map(([name, [kind, about]]) => {
        const lines = kind === "histogram"
          ? [...histograms.get(name) ?? []].flatMap(([labels, one]) => histogramLines(name, labels, one))
          : valueLines(name, kind, values.get(name));
        return [`# HELP ${name} ${about}`, `# TYPE ${name} ${kind}`, ...lines, ""].join("\n");
      }).join("");
    },
  };
}

function valueLines(name: string, kind: string, series: ReadonlyMap<string, number> | undefined): string[] {
  if (series === undefined) return kind === "counter" ? [`${name} 0`] : [];
  return [...series].map(([labels, value]) => `${name}${braced(labels)} ${value}`);
}

function histogramLines(name: string, labels: string, { counts, sum, total }: Histogram): string[] {
  const bucket = (bound: string, count: number) =>
    `${name}_bucket${braced(joined(labels, `le="${bound}"`))} ${count}`;
  return [
    ...bounds.map((bound, index) => bucket(String(bound), counts[index]!)),
    bucket("+Inf", total),
    `${name}_sum${braced(labels)} ${sum}`,
    `${name}_count${braced(labels)} ${total}`,
  ];
}

const braced = (labels: string) => labels === "" ? "" : `{${labels}}`;
const joined = (...labels: string[]) => labels.filter((label) => label !== "").join(",");

function labelText(labels: Labels): string {
  const escaped = (value: string) =>
    value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return joined(...Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`));
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
