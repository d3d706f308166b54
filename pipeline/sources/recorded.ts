import { DecodeError, type Tick, toTick } from "#pipeline/tick.ts";

/** What a record may lack. */
export interface RecordDefaults {
  readonly symbol: string;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The tick in a record of a file: a tick as Ticklake writes it, a reading as the DATA605 project wrote it, or a bar of
 * a CSV file.
 *
 * @throws {DecodeError} when it is none of them, or a field is missing or wrong.
 */
export function recordedTick(record: unknown, defaults: RecordDefaults): Tick {
  if (typeof record !== "object" || record === null) throw new DecodeError("line", record, "a JSON object");
  const fields = record as Fields;
  if ("price_usd" in fields) return data605Tick(fields);
  if ("close" in fields) return barTick(fields, defaults);
  return toTick(record);
}

/**
 * `{"currency":"BTC","price_usd":96503.0,"timestamp":1746246720.3255968}`: the time is the sender's own, in seconds,
 * since CoinGecko's was not asked for. `sql/ticks.sql` reads the same files the same way.
 */
function data605Tick({ currency, price_usd, timestamp }: Fields): Tick {
  if (typeof timestamp !== "number") throw new DecodeError("timestamp", timestamp, "seconds since the epoch");
  if (typeof currency !== "string") throw new DecodeError("currency", currency, "a currency such as BTC");
  const micros = Math.round(timestamp * 1e6);
  const time = isoTime(micros, "timestamp", timestamp);
  const symbol = `${currency}-USD`;
  const id = `data605|${symbol}|${micros}`;
  return toTick({ id, source: "data605", symbol, price: price_usd, time, received_at: time });
}

/** A bar becomes one tick, its close with its volume, at the time that the bar itself states. */
function barTick(fields: Fields, { symbol, receivedAt }: RecordDefaults): Tick {
  const column = timeColumns.find((name) => name in fields);
  if (column === undefined) {
    throw new DecodeError("time", undefined, `a column named ${timeColumns.join(", ")}`);
  }
  const time = isoTime(parseMicros(fields[column]), column, fields[column]);
  return toTick({
    id: `replay|${symbol}|${time}`,
    source: "replay",
    symbol,
    price: toNumber(fields.close),
    size: fields.volume === undefined || fields.volume === "" ? null : toNumber(fields.volume),
    time,
    received_at: receivedAt,
  });
}

/** The end of a bar where the file has it, else what it has. */
const timeColumns = ["close_time", "time", "timestamp", "date", "datetime", "open_time"];

/** Numbers of a CSV file are texts; anything else stays as it is, to be refused by name. */
function toNumber(value: unknown): unknown {
  return typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value))
    ? Number(value)
    : value;
}

/** Seconds, milliseconds or microseconds since the epoch, or a date and time (UTC where no zone is given). */
function parseMicros(value: unknown): number {
  const number = toNumber(value);
  if (typeof number === "number") {
    const unit = number < 1e11 ? 1e6 : number < 1e14 ? 1e3 : 1;
    return Math.round(number * unit);
  }
  if (typeof value !== "string") return NaN;
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))? ?(Z|UTC|[+-]\d\d:?\d\d)?$/.exec(
    value,
  );
  if (match === null) return NaN;
  const [, date, clock = "00:00", zone = "Z"] = match;
  return Date.parse(`${date}T${clock}${zone === "UTC" ? "Z" : zone}`) * 1000;
}

/** ISO 8601 with as many digits as there is to say: milliseconds, or microseconds. */
function isoTime(micros: number, field: string, value: unknown): string {
  const date = new Date(Math.floor(micros / 1000));
  if (Number.isNaN(date.getTime())) throw new DecodeError(field, value, "a time");
  const rest = micros % 1000;
  return rest === 0
    ? date.toISOString()
    : date.toISOString().replace("Z", `${String(rest).padStart(3, "0")}Z`);
}
