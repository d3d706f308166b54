import { KEY_NAME } from "./options.ts";
import type { SharedKey } from "./sas.ts";

/** What a connection string is made of. */
export interface ConnectionStringParts {
  readonly hostname: string;
  readonly port: number;
  /** Without one, clients still need to name something. */
  readonly key: SharedKey | undefined;
  /** Whether clients must use TLS. */
  readonly tls: boolean;
  /** Put in as `EntityPath`. */
  readonly hub: string | undefined;
}

/** The connection string that an Event Hubs SDK takes; `UseDevelopmentEmulator` has it speak plain TCP. */
export function connectionString(parts: ConnectionStringParts): string {
  const { hostname, port, tls, hub, key = { name: KEY_NAME, value: "unused" } } = parts;
  return [
    `Endpoint=sb://${hostname}:${port}`,
    `SharedAccessKeyName=${key.name}`,
    `SharedAccessKey=${key.value}`,
    ...(tls ? [] : ["UseDevelopmentEmulator=true"]),
    ...(hub === undefined ? [] : [`EntityPath=${hub}`]),
  ].join(";");
}
