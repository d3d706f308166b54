import type { FileMetaData, SchemaElement, SchemaTree } from "hyparquet";

/** What a column must be: `bytes` are the UTF-8 of a text, `time` is a TIMESTAMP. */
export type ColumnKind = "bytes" | "number" | "integer" | "time";

/** Columns by name, what each must be, and which of them a file may lack. */
export type ParquetColumns = Readonly<
  Record<string, { readonly kind: ColumnKind; readonly optional: boolean }>
>;

/** The columns of a file that are asked for, by name; a text says why it has not what it takes. */
export function chooseElements(
  { children }: SchemaTree,
  columns: ParquetColumns,
): ReadonlyMap<string, SchemaElement> | string {
  const elements = new Map<string, SchemaElement>();
  for (const [name, { kind, optional }] of Object.entries(columns)) {
    const tree = children.find(({ element }) => element.name === name);
    const { is, called } = expected[kind];
    if (tree === undefined) {
      if (optional) continue;
      return `column "${name}" is missing, expected ${called}`;
    }
    const { element } = tree;
    const isFlat = tree.children.length === 0 && element.repetition_type !== "REPEATED";
    if (!isFlat || !is(element)) {
      return `column "${name}" is ${isFlat ? typeOf(element) : "nested"}, expected ${called}`;
    }
    elements.set(name, element);
  }
  return elements;
}

/** Brings a time, as it is stored, to microseconds. */
export type ToMicros = (stored: number | bigint) => number;

/** Of a column that is a time; `null` of any other. What is finer than a microsecond is cut off. */
export function microsOf(element: SchemaElement): ToMicros | null {
  const unit = unitOf(element);
  if (unit === "MILLIS") return (millis) => Number(millis) * 1000;
  if (unit === "MICROS") return Number;
  return unit === "NANOS" ? (nanos) => Number(floorThousandth(BigInt(nanos))) : null;
}

/**
 * The first compression of the columns that is not in `known`; `null` if there is none.
 *
 * @throws {Error} when the parts of the file contradict each other.
 */
export function unknownCodec(
  { row_groups }: FileMetaData,
  elements: ReadonlyMap<string, SchemaElement>,
  known: readonly string[],
): string | null {
  for (const { columns } of row_groups) {
    for (const { meta_data } of columns) {
      const name = meta_data?.path_in_schema[0] ?? "";
      const element = elements.get(name);
      if (meta_data === undefined || element === undefined) continue;
      if (meta_data.type !== element.type || meta_data.codec === undefined) {
        throw new Error(`column "${name}" contradicts itself`);
      }
      if (!known.includes(meta_data.codec)) return meta_data.codec;
    }
  }
  return null;
}

const expected: Readonly<
  Record<ColumnKind, { readonly is: (element: SchemaElement) => boolean; readonly called: string }>
> = {
  bytes: { is: ({ type, ...logical }) => type === "BYTE_ARRAY" && !isDecimal(logical), called: "a text" },
  number: {
    is: ({ type, ...logical }) =>
      isNumber(type) && !isDecimal(logical) && unitOf({ type, ...logical }) === null,
    called: "DOUBLE",
  },
  integer: {
    is: ({ type, ...logical }) =>
      isNumber(type) && !isDecimal(logical) && unitOf({ type, ...logical }) === null,
    called: "INT64",
  },
  time: { is: (element) => unitOf(element) !== null, called: "a TIMESTAMP" },
};

const isNumber = (type: SchemaElement["type"]) =>
  type === "DOUBLE" || type === "FLOAT" || type === "INT32" || type === "INT64";

const isDecimal = ({ converted_type, logical_type }: Omit<SchemaElement, "type">) =>
  converted_type === "DECIMAL" || logical_type?.type === "DECIMAL";

/** Whether it says to be UTC makes no difference: a time without a zone is taken for UTC, as everywhere here. */
function unitOf({ type, converted_type, logical_type }: SchemaElement): "MILLIS" | "MICROS" | "NANOS" | null {
  if (type === "INT96") return "NANOS";
  if (type !== "INT64") return null;
  if (logical_type?.type === "TIMESTAMP") return logical_type.unit;
  if (converted_type === "TIMESTAMP_MILLIS") return "MILLIS";
  return converted_type === "TIMESTAMP_MICROS" ? "MICROS" : null;
}

function typeOf({ type, converted_type, logical_type }: SchemaElement): string {
  return logical_type?.type ?? converted_type ?? type ?? "of no type";
}

function floorThousandth(value: bigint): bigint {
  const rest = value % 1000n;
  return (value - (rest < 0n ? rest + 1000n : rest)) / 1000n;
}
