import { createHmac, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";

/** The key that shared access signatures are made with. */
export interface SharedKey {
  readonly name: string;
  readonly value: string;
}

/** What a good token allows. */
export interface Grant {
  /** The path of the resource, lower-case and without slashes at its ends; empty for the whole namespace. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
}

/**
 * Checks a shared access signature, `SharedAccessSignature sr=<resource>&sig=<signature>&se=<seconds>&skn=<key name>`:
 * HMAC-SHA256 over the encoded resource, a line feed and the expiry, with the key's text as the secret.
 *
 * @returns the grant, or in words why there is none
 * @see https://learn.microsoft.com/rest/api/eventhub/generate-sas-token
 */
export function checkToken(token: string, key: SharedKey, nowMs: number): Grant | string {
  const [scheme, query] = token.split(" ");
  if (scheme !== "SharedAccessSignature" || query === undefined) {
    return "MalformedToken: not a shared access signature.";
  }
  // Not URLSearchParams: the signature covers the resource as it is encoded here, whatever its style.
  const fields = new Map(
    query.split("&").map((field) => [field.split("=")[0], field.slice(field.indexOf("=") + 1)]),
  );
  const [resource, signature, expiry] = ["sr", "sig", "se"].map((name) => fields.get(name) ?? "");
  const expected = createHmac("sha256", key.value).update(`${resource}\n${expiry}`).digest();
  const given = Buffer.from(decoded(signature!), "base64");
  const isRight = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isRight || decoded(fields.get("skn") ?? "") !== key.name) {
    return "InvalidSignature: The token has an invalid signature.";
  }
  const expiresMs = Number(expiry) * 1000;
  if (!(expiresMs > nowMs)) return `ExpiredToken: The token is expired. Expiration time: '${expiry}'.`;
  return { path: pathOf(decoded(resource!)), expiresMs };
}

/** Whether a grant covers a path: its own, or one below it. */
export function covers({ path: granted }: Grant, path: string): boolean {
  const wanted = path.toLowerCase();
  return granted === "" || wanted === granted || wanted.startsWith(`${granted}/`);
}

function pathOf(resource: string): string {
  return resource.replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/^\/+|\/+$/g, "").toLowerCase();
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
