import { join } from "node:path";
import { type Given, print, runCommand, UsageError } from "./command.ts";
import { local } from "./config.ts";
import { duration, integer, oneOf, text } from "./flags.ts";
import { readHubsFile } from "./hubs_file.ts";
import { type LocalStack, localStack } from "./local_stack.ts";

const localFlags = {
  hub: text("name of the event hub [ticks]", "NAME", null),
  partitions: integer("partitions of the hub [4]", null, { min: 1, max: 1024 }),
  hubs: text('several hubs instead: a JSON file, {"hubs":[{"name":"ticks","partitions":4}]}', "FILE", null),
  "hub-port": integer("port of Event Hubs; 0 takes a free one", local.hubPort, { max: 65_535 }),
  "blob-port": integer("port of Blob Storage; 0 takes a free one", local.blobPort, { max: 65_535 }),
  "status-port": integer("port of the status page; 0 takes a free one", local.statusPort, { max: 65_535 }),
  data: text("folder for events and blobs", "FOLDER", ".local"),
  retention: duration("how long events are kept", "24h"),
  fsync: oneOf(
    "an event counts as kept once the system has it (none) or the disk (batch)",
    ["none", "batch"],
    "none",
  ),
  key: text("a shared access key that clients must sign with [any will do]", "KEY", null),
};

await runCommand({
  name: "local",
  about: "Serves Event Hubs and Blob Storage on 127.0.0.1, with no account, until Ctrl-C.",
  operands: null,
  flags: localFlags,
  examples: [
    "deno task local",
    "deno task local --hub-port 5673 --blob-port 10010 --status-port 0 --data .local-2",
    "deno task local --hubs hubs.json --retention 7d --fsync batch",
  ],
  run,
});

async function run({ flags, signal, logger }: Given<typeof localFlags>): Promise<number> {
  const { hub, partitions, hubs: file } = flags;
  if (file !== null && (hub !== null || partitions !== null)) {
    throw new UsageError("--hubs names the hubs and their partitions: leave out --hub and --partitions");
  }
  const hubs = file === null
    ? [{ name: hub ?? local.hub, partitions: partitions ?? 4 }]
    : await readHubsFile(file);
  await using stack = await localStack({
    hubPort: flags["hub-port"],
    blobPort: flags["blob-port"],
    folder: flags.data,
    emulator: {
      hubs,
      statusPort: flags["status-port"],
      data: join(flags.data, "event-hubs"),
      retentionMs: flags.retention,
      fsync: flags.fsync,
      log(event, fields) {
        if (event !== "emulator.started") logger.log(event, fields);
      },
      ...(flags.key === null ? {} : { key: flags.key }),
    },
  });
  const usual = hubs[0]!.name === local.hub && flags.key === null &&
    stack.hubPort === local.hubPort && stack.blobPort === local.blobPort;
  print(settingsText(stack, hubs, flags.data, usual));
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  return 0;
}

function settingsText(
  stack: LocalStack,
  hubs: readonly { readonly name: string; readonly partitions?: number }[],
  data: string,
  usual: boolean,
): string {
  const named = hubs.map(({ name, partitions = 4 }) => `"${name}" (${partitions} partitions)`).join(", ");
  return [
    `Event Hubs   127.0.0.1:${stack.hubPort}  ${named}`,
    `Blob Storage 127.0.0.1:${stack.blobPort}`,
    `Status       ${stack.statusUrl}`,
    `Kept in      ${data}`,
    "",
    usual
      ? "Every other task uses these when nothing else is set. For other programs:"
      : "Put this into .env, or into the environment:",
    `EVENT_HUB_CONNECTION_STRING=${stack.hubConnectionString}`,
    `EVENT_HUB_NAME=${hubs[0]!.name}`,
    `STORAGE_CONNECTION_STRING=${stack.storageConnectionString}`,
    "",
    "Ctrl-C stops both.",
  ].join("\n");
}
