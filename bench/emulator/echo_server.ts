/**
 * The peer: a bare rhea server. It accepts what it is sent and keeps nothing; to a reader of partition 0 it sends one
 * message over and over, to readers of partition 3 each single message that it gets. Run as a process of its own; the
 * first line of its output is its port, and its argument an encoded message in base64.
 */
import { Buffer } from "node:buffer";
import type { AddressInfo } from "node:net";
import rhea, { type EventContext, type Sender } from "rhea";

const message = Buffer.from(Deno.args[0] ?? "", "base64");
const container = rhea.create_container();
container.options["receiver_options"] = { credit_window: 2000 };
container.options["sender_options"] = { snd_settle_mode: 1 };
const echoed = new Set<Sender>();
container.on("sender_open", ({ sender }: EventContext) => {
  if (sender!.source.address.endsWith("Partitions/3")) echoed.add(sender!);
});
container.on("sendable", ({ sender }: EventContext) => {
  while (!echoed.has(sender!) && sender!.sendable()) {
    sender!.send(message, undefined, 0);
    // rhea counts credit down only when it writes, so what is queued must be written before credit is read again.
    sender!.connection["_process"]();
  }
});
container.on("message", ({ message }: EventContext) => {
  if (!Buffer.isBuffer(message)) { for (const sender of echoed) sender.send(message!); }
});
container.on("disconnected", () => echoed.clear());
const server = container.listen(
  { port: 0, host: "127.0.0.1", tcp_no_delay: true } as Parameters<typeof container.listen>[0],
);
server.on("listening", () => console.log((server.address() as AddressInfo).port));
