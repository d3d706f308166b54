import type { EventHubConsumerClient } from "@azure/event-hubs";

/** A receiving link, and the connection that makes them, as they lie inside the SDK. */
interface Link {
  readonly credit: number;
  addCredit(credit: number): void;
}

interface Connection {
  createReceiver(options: unknown): Promise<Link>;
}

/**
 * Lets the hub send each partition at most so many events ahead.
 *
 * The SDK grants a link its whole prefetch anew at every turn, whatever is still granted: a trickle of single events
 * adds up to millions, and when the store is down the hub then sends all that into memory. The SDK has no setting for
 * it, so this reaches inside; its version is pinned, and a test holds this to it.
 */
export function boundCredit(consumer: EventHubConsumerClient, most: number): void {
  const context = (consumer as unknown as { readonly _context: { connection: Connection } })._context;
  let connection = bounded(context.connection, most);
  // After a cut the SDK puts a new connection here.
  Object.defineProperty(context, "connection", {
    get: () => connection,
    set: (next: Connection) => connection = bounded(next, most),
  });
}

function bounded(connection: Connection, most: number): Connection {
  const create = connection.createReceiver.bind(connection);
  connection.createReceiver = async (options) => {
    const link = await create(options);
    const add = link.addCredit.bind(link);
    link.addCredit = (credit) => {
      const room = Math.min(credit, most - link.credit);
      if (room > 0) add(room);
    };
    return link;
  };
  return connection;
}
