import type { Buffer } from "node:buffer";
import rhea, { type Connection, type EventContext, type Sender } from "rhea";

const BATCH_FORMAT = 0x80013700;
const PREFETCH = 2000;

/** An encoded event of about 150 bytes of JSON, as a tick has. */
export function encodedEvent(): Buffer {
  const body = JSON.stringify({
    id: "bench|BTC-USD|123456789",
    source: "bench",
    symbol: "BTC-USD",
    price: 28123.45,
    size: 0.0123,
    side: "buy",
    time: "2026-01-01T00:00:00.000Z",
  });
  return rhea.message.encode({ body: rhea.message.data_section(new TextEncoder().encode(body) as never) });
}

/** Sends `batches` batches of `size` events over one link to each of 4 partitions. @returns events a second */
export async function measureIn(port: number, size: number, batches: number): Promise<number> {
  const envelope = rhea.message.encode({
    body: rhea.message.data_sections(Array.from({ length: size }, encodedEvent) as never),
  });
  const connection = await connect(port);
  const done = Promise.withResolvers<void>();
  let sent = 0;
  let accepted = 0;
  const fill = (sender: Sender) => {
    while (sent < batches && sent - accepted < 400 && sender.sendable()) {
      sender.send(envelope, undefined, BATCH_FORMAT);
      sent++;
    }
  };
  connection.on("sendable", ({ sender }: EventContext) => fill(sender!));
  connection.on("accepted", ({ sender }: EventContext) => {
    if (++accepted === batches) done.resolve();
    fill(sender!);
  });
  const start = performance.now();
  for (let partition = 0; partition < 4; partition++) connection.open_sender(`bench/Partitions/${partition}`);
  await done.promise;
  const seconds = (performance.now() - start) / 1000;
  await close(connection);
  return batches * size / seconds;
}

/** Reads `count` events from the start of one partition, decoding each. @returns events a second */
export async function measureOut(port: number, count: number): Promise<number> {
  const connection = await connect(port);
  const done = Promise.withResolvers<void>();
  let received = 0;
  connection.on("message", () => {
    if (++received === count) done.resolve();
  });
  const start = performance.now();
  connection.open_receiver({
    source: { address: "bench/ConsumerGroups/$Default/Partitions/0" },
    credit_window: PREFETCH,
  });
  await done.promise;
  const seconds = (performance.now() - start) / 1000;
  await close(connection);
  return count / seconds;
}

/** Sends `count` events one after the other and waits for each to come back. @returns the times in ms, sorted */
export async function measureLatency(port: number, count: number): Promise<number[]> {
  const connection = await connect(port);
  const times: number[] = [];
  const done = Promise.withResolvers<void>();
  const sender = connection.open_sender("bench/Partitions/3");
  let start = 0;
  const next = () => {
    start = performance.now();
    sender.send({ body: "ping" });
  };
  connection.on("message", () => {
    times.push(performance.now() - start);
    if (times.length === count) done.resolve();
    else next();
  });
  await new Promise((resolve) => connection.once("sendable", resolve));
  connection.open_receiver({
    source: { address: "bench/ConsumerGroups/$Default/Partitions/3", filter: latest() },
    credit_window: PREFETCH,
  });
  await new Promise((resolve) => connection.once("receiver_open", resolve));
  next();
  await done.promise;
  await close(connection);
  return times.sort((a, b) => a - b);
}

function latest(): Record<string, unknown> {
  const selector = rhea.types.wrap_described("amqp.annotation.x-opt-offset > '@latest'", 0x468c00000004);
  return { "apache.org:selector-filter:string": selector };
}

async function connect(port: number): Promise<Connection> {
  const connection = rhea.create_container().connect({ host: "127.0.0.1", port, reconnect: false });
  await new Promise((resolve) => connection.once("connection_open", resolve));
  return connection;
}

async function close(connection: Connection): Promise<void> {
  const closed = new Promise((resolve) => connection.once("connection_close", resolve));
  connection.close();
  await closed;
}
