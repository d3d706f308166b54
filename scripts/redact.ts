/** Keys, signatures and tokens as they stand in connection strings, URLs and headers. */
const secrets =
  /((?:SharedAccessKey|AccountKey|SharedAccessSignature|AZURE_CLIENT_SECRET|sig|Bearer|Apikey)\s*[=:\s]\s*)[^;&\s"']+/gi;

/** The text with every secret in it replaced by `***`: nothing is printed or logged without this. */
export function redact(text: string): string {
  return text.replace(secrets, "$1***");
}
