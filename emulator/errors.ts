/** Why a link, a message or a connection is refused, as it goes over the wire. */
export interface AmqpError {
  /** A symbol of AMQP 1.0 (`amqp:...`) or of Event Hubs (`com.microsoft:...`). */
  readonly condition: string;
  readonly description: string;
}

/** An entity that isn't there. */
export function notFound(entity: string): AmqpError {
  return {
    condition: "amqp:not-found",
    description: `The messaging entity '${entity}' could not be found.`,
  };
}

/** A partition id outside the hub's. */
export function badPartition(id: string, hub: string, partitions: number): AmqpError {
  return {
    condition: "com.microsoft:argument-out-of-range",
    description: `The partition '${id}' does not exist in '${hub}'; it has 0 to ${partitions - 1}.`,
  };
}

/** A start position or a request that makes no sense. */
export function badArgument(description: string): AmqpError {
  return { condition: "com.microsoft:argument-error", description };
}

/** A reader that has lost, or can't get, the partition to a reader with an owner level. */
export function stolen(description: string): AmqpError {
  return { condition: "amqp:link:stolen", description };
}

/** More of something than a client may have. */
export function limitExceeded(description: string): AmqpError {
  return { condition: "amqp:resource-limit-exceeded", description };
}

/** A message above the size told in the attach. */
export function tooLarge(maxMessageBytes: number): AmqpError {
  return {
    condition: "amqp:link:message-size-exceeded",
    description: `The message is larger than the allowed ${maxMessageBytes} bytes.`,
  };
}

/** A client that must wait and try again. */
export function serverBusy(): AmqpError {
  return {
    condition: "com.microsoft:server-busy",
    description: "The server is busy; please try again in 4 seconds.",
  };
}

/** Bytes that aren't a message. */
export function undecodable(description: string): AmqpError {
  return { condition: "amqp:decode-error", description };
}

/** The emulator failed, not the client. */
export function internalError(description: string): AmqpError {
  return { condition: "amqp:internal-error", description };
}

/** A client that has put no token for what it asks, or not a good one. */
export function unauthorized(description: string): AmqpError {
  return { condition: "amqp:unauthorized-access", description };
}

/** An idempotent producer that another one of the same id and a higher epoch has taken over from. */
export function producerStolen(id: number, epoch: number): AmqpError {
  return {
    condition: "com.microsoft:producer-epoch-stolen",
    description: `The producer '${id}' is at epoch '${epoch}' now.`,
  };
}

/** A batch of an idempotent producer with a gap before it. */
export function outOfOrder(expected: number, given: number): AmqpError {
  return {
    condition: "com.microsoft:out-of-order-sequence",
    description: `The producer's next sequence number is '${expected}'; the batch begins with '${given}'.`,
  };
}
