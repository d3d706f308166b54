import parse from "parse-prometheus-text-format";

/** A metric as a Prometheus parser reads it; numbers stay texts. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly metrics: readonly {
    readonly value?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly count?: string;
    readonly sum?: string;
    readonly buckets?: Readonly<Record<string, string>>;
  }[];
}

/** Parses Prometheus' text format; the package has no types. */
export const parsePrometheus = parse as unknown as (text: string) => Family[];
