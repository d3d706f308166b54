import type { Socket } from "node:net";
import type { Connection, EventContext, Receiver, Sender } from "rhea";
import { acceptConnection, MAX_FRAME_BYTES } from "./amqp_connection.ts";
import type { Broker } from "./broker.ts";
import type { AmqpError } from "./errors.ts";
import { frameStream } from "./frame_stream.ts";
import { linkTable } from "./link_table.ts";

/** The SDK takes a session a link. */
const MOST_SESSIONS = 2000;

/** One client's connection. */
export interface ClientConnection {
  /** Detaches every link and closes with a reason; the socket follows within a second, whatever the client does. */
  close(reason: AmqpError): void;
  /** Ends the socket without a word. */
  cut(): void;
}

/**
 * Serves one accepted socket until it closes.
 *
 * @param onClosed called once, when the socket is gone
 */
export function serveConnection(socket: Socket, broker: Broker, onClosed: () => void): ClientConnection {
  const stream = frameStream(socket, { maxFrameBytes: MAX_FRAME_BYTES, onViolation: cutOff });
  const links = linkTable(broker, stream);
  const connection = acceptConnection(stream, {
    maxMessageBytes: broker.maxMessageBytes,
    onSessionFlow: links.wake,
  });
  const handshake = setTimeout(() => stream.destroy(), broker.handshakeMs);
  connection.on("connection_open", () => clearTimeout(handshake));
  stream.on("drain", links.wake);
  stream.on("close", () => {
    clearTimeout(handshake);
    links.stop();
    onClosed();
  });
  route(connection, links);
  limitSessions(connection, cutOff);
  quieten(connection, broker, stream.end);

  function cutOff(error: unknown): void {
    const description = error instanceof Error ? error.message : String(error);
    broker.log("connection.violation", { description });
    close({ condition: "amqp:connection:framing-error", description });
  }

  function close(reason: AmqpError): void {
    links.closeAll(reason);
    connection.close(reason);
    // rhea writes the close frame on the next tick, and would wait for the client's own before it ends the socket.
    setImmediate(stream.end);
  }

  return { close, cut: stream.destroy };
}

/** Counts sessions, which a client may begin without an end. */
function limitSessions(connection: Connection, exceed: (error: Error) => void): void {
  let sessions = 0;
  connection.on("session_open", () => {
    if (++sessions === MOST_SESSIONS) exceed(new Error(`a connection may have ${MOST_SESSIONS} sessions`));
  });
  connection.on("session_close", () => sessions--);
}

/** Hands each link that attaches or goes to the table. */
function route(connection: Connection, links: ReturnType<typeof linkTable>): void {
  const sender = ({ sender }: EventContext) => sender as Sender;
  const receiver = ({ receiver }: EventContext) => receiver as Receiver;
  connection.on("sender_open", (context: EventContext) => links.openSender(sender(context)));
  connection.on("receiver_open", (context: EventContext) => links.openReceiver(receiver(context)));
  connection.on("sender_close", (context: EventContext) => links.drop(sender(context)));
  connection.on("receiver_close", (context: EventContext) => links.drop(receiver(context)));
  connection.on("session_close", ({ session }: EventContext) => links.dropSession(session));
}

/** rhea throws, or prints to the console, what nobody listens to. */
function quieten(connection: Connection, broker: Broker, end: () => void): void {
  const events = ["connection_close", "connection_error", "disconnected", "session_error", "sender_error"];
  for (const event of [...events, "receiver_error"]) connection.on(event, () => {});
  for (const event of ["error", "protocol_error"]) {
    connection.on(event, (error: Error) => {
      broker.log("connection.error", { description: String(error?.message ?? error) });
      end();
    });
  }
}
