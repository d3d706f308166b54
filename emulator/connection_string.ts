/** What a connection string is made of. */
export interface ConnectionStringParts {
  readonly hostname: string;
  readonly port: number;
  readonly keyName: string;
  readonly key: string;
  /** Whether clients must use TLS. */
  readonly tls: boolean;
  /** Put in as `EntityPath`. */
  readonly hub: string | undefined;
}

/** The connection string that an Event Hubs SDK takes; `UseDevelopmentEmulator` has it speak plain TCP. */
export function connectionString(parts: ConnectionStringParts): string {
  const { hostname, port, keyName, key, tls, hub } = parts;
  return [
    `Endpoint=sb://${hostname}:${port}`,
    `SharedAccessKeyName=${keyName}`,
    `SharedAccessKey=${key}`,
    ...(tls ? [] : ["UseDevelopmentEmulator=true"]),
    ...(hub === undefined ? [] : [`EntityPath=${hub}`]),
  ].join(";");
}
