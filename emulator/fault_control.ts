import { type Broker, findHub, findPartition } from "./broker.ts";
import type { ClientConnection } from "./client_connection.ts";
import { stolen } from "./errors.ts";
import type { Faults } from "./faults.ts";

/** The controls of a broker and its connections. */
export function faultControl(broker: Broker, connections: ReadonlySet<ClientConnection>): Faults {
  return {
    add: (fault) => broker.faults.add(fault),
    steal(place) {
      const hub = findHub(broker, place.hub);
      if ("refusal" in hub) throw new RangeError(hub.refusal.description);
      const partition = findPartition(hub, place.partition);
      if ("refusal" in partition) throw new RangeError(partition.refusal.description);
      for (const { readers } of partition.readers.values()) {
        for (const reader of readers) reader.end(stolen("The partition was taken away on purpose."));
      }
    },
    dropConnections() {
      for (const connection of connections) connection.cut();
    },
  };
}
