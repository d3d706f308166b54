import assert from "node:assert/strict";
import rhea, { type EventContext } from "rhea";
import { startEmulator } from "#emulator/emulator.ts";

Deno.test("$management answers each request once, whatever credit its client gives, and refuses by status", async () => {
  await using emulator = await startEmulator({ hubs: [{ name: "prices", partitions: 3 }] });
  const connection = rhea.create_container().connect({
    host: "127.0.0.1",
    port: emulator.port,
    reconnect: false,
  });
  const requests = [
    { operation: "READ", name: "prices", type: "com.microsoft:eventhub" },
    { operation: "READ", name: "prices", type: "com.microsoft:partition", partition: "2" },
    { operation: "READ", name: "prices", type: "com.microsoft:partition", partition: "3" },
    { operation: "READ", name: "nothing", type: "com.microsoft:eventhub" },
    { operation: "WRITE", name: "prices", type: "com.microsoft:eventhub" },
    { operation: "READ", name: "prices", type: "other" },
    {},
  ];
  const statuses: unknown[] = [];
  const done = Promise.withResolvers<void>();
  const receiver = connection.open_receiver({
    source: "$management",
    target: { address: "me" },
    credit_window: 0,
  });
  receiver.add_credit(1);
  const sender = connection.open_sender("$management");
  connection.once("sendable", () => {
    for (const [id, application_properties] of requests.entries()) {
      sender.send({ message_id: String(id), reply_to: "me", application_properties, body: "" });
    }
  });
  connection.on("message", ({ message }: EventContext) => {
    statuses.push([message!.correlation_id, message!.application_properties!["status-code"]]);
    receiver.add_credit(1);
    if (statuses.length === requests.length) done.resolve();
  });
  await done.promise;
  assert.deepEqual(statuses, [["0", 200], ["1", 200], ["2", 400], ["3", 404], ["4", 400], ["5", 400], [
    "6",
    400,
  ]]);
  const closed = new Promise((resolve) => connection.once("connection_close", resolve));
  connection.close();
  await closed;
});
