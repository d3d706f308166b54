import rhea, { type EventContext, type Sender } from "rhea";
import { numbered } from "#tests/emulator/kill/batch.ts";

/** How many batches may be under way, so that a kill always finds some. */
const UNDER_WAY = 20;
const BATCH = 25;
const BATCH_FORMAT = 0x80013700;

/** What came of sending until the connection was lost. */
export interface Outcome {
  /** The numbers that were acknowledged. */
  readonly acknowledged: number[];
  /** The first number that was never sent. */
  readonly next: number;
}

/** Sends numbered events from `first` on to one partition, until the connection is lost. */
export function sendUntilCut(port: number, partition: number, first: number): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const acknowledged: number[] = [];
  const sent = new Map<unknown, number>();
  let next = first;
  const container = rhea.create_container();
  // The connection is cut by a kill, so its errors are the expected end.
  container.on("error", () => {});
  const fill = (sender: Sender) => {
    while (sent.size < UNDER_WAY && sender.sendable()) {
      sent.set(sender.send(numbered(next, BATCH), undefined, BATCH_FORMAT), next);
      next += BATCH;
    }
  };
  container.on("sendable", ({ sender }: EventContext) => fill(sender!));
  container.on("accepted", ({ delivery, sender }: EventContext) => {
    const from = sent.get(delivery)!;
    sent.delete(delivery);
    for (let number = from; number < from + BATCH; number++) acknowledged.push(number);
    fill(sender!);
  });
  container.on("disconnected", () => resolve({ acknowledged, next }));
  const connection = container.connect({ host: "127.0.0.1", port, reconnect: false });
  connection.open_sender(`prices/Partitions/${partition}`);
  return promise;
}
