/** Where an exchange is asked: its WebSocket, and the REST API that has its past trades. Without a final slash. */
export interface Endpoints {
  readonly feed: string;
  readonly trades: string;
}

/** The exchange's own endpoints, or both at the host of `url` (a proxy, a fake) when one is given. */
export function endpointsAt(url: string | undefined, own: Endpoints): Endpoints {
  if (url === undefined) return own;
  const feed = url.replace(/\/+$/, "");
  return { feed, trades: new URL(feed.replace(/^ws/, "http")).origin };
}
