/** What is known about a request or a connection that failed. */
export interface Failure {
  /** What went wrong, in the words of whoever noticed. */
  readonly reason: string;
  /** The status of the answer, where there was one. */
  readonly status: number | null;
  readonly host: string;
  /** The setting that holds the API key; `null` where none is known. */
  readonly keySetting: string | null;
}

/** What the person at the keyboard can do about it. */
export function advise({ reason, status, host, keySetting }: Failure): string {
  const key = keySetting ?? "the API key";
  const words: readonly (readonly [RegExp, string])[] = [
    [
      /dns error|no such host/i,
      `${host} has no address: check the network, or name another endpoint with --url`,
    ],
    [
      /tcp connect|connection refused|unreachable/i,
      `nothing answers at ${host}: check network, firewall and --url`,
    ],
    [/tls|certificate/i, `${host} has no certificate that we trust: is there a proxy in between?`],
    [/no answer within/i, `${host} is slow or stuck: it is tried again`],
    [/web page/, `${host} shows a web page: a sign-in, a block page, or an endpoint that moved; check --url`],
    [/it refuses/, `${host} won't give what we ask for: check --symbol`],
    [/no data/, `${host} is connected but silent: check the symbol, or add another source and --fallback`],
  ];
  const told = words.find(([pattern]) => pattern.test(reason))?.[1];
  switch (status) {
    case 200:
      return told ?? `check that ${host} is the right endpoint (--url)`;
    case 401:
      return `${host} asks for a key: set ${key}`;
    case 403:
      return `${host} refuses us: check ${key}, and whether it serves this address and country`;
    case 404:
    case 410:
      return `${host} no longer has this endpoint, or doesn't know the symbol: check --symbol and --url`;
    case 418:
    case 429:
      return `${host} wants fewer requests: a longer --interval, or a plan with more`;
    case 451:
      return `${host} does not serve this country: name another endpoint with --url`;
  }
  if (status !== null && status >= 500) return `${host} is in trouble itself: it is tried again`;
  return told ?? "it is tried again";
}
