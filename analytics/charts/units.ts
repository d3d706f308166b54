/**
 * The unit that a column's note tells of. Notes call the two currencies of `BTC-USD` the base and the quote currency,
 * since a query does not know them; a reader is told their names. Any other note is its own unit.
 */
export function unitOf(about: string, symbol: string): string {
  const [base = "", quote = ""] = symbol.split("-");
  if (quote !== "" && about.includes("quote currency")) return quote;
  if (quote !== "" && about.includes("base currency")) return base;
  return about;
}
