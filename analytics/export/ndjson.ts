import type { Table } from "#analytics/engine.ts";
import { formatTime } from "#analytics/time.ts";

const rowsPerChunk = 4096;

/**
 * A table as NDJSON, one object a row, in chunks of some thousand rows. Times are ISO 8601 in UTC with milliseconds; a
 * number that is not finite is null, as JSON has it.
 */
export function* toNdjson({ columns, rows }: Table): Iterable<string> {
  for (let start = 0; start < rows; start += rowsPerChunk) {
    let chunk = "";
    for (let row = start; row < Math.min(start + rowsPerChunk, rows); row++) {
      const fields = columns.map(({ name, type, values }) => {
        const value = values[row] ?? null;
        return [name, type === "timestamp" && value !== null ? formatTime(Number(value)) : value];
      });
      chunk += `${JSON.stringify(Object.fromEntries(fields))}\n`;
    }
    yield chunk;
  }
}
