import { print, runCommand } from "./command.ts";
import { local } from "./config.ts";
import { integer, text } from "./flags.ts";
import { localStack } from "./local_stack.ts";

await runCommand({
  name: "local",
  about: "Serves Event Hubs and Blob Storage on 127.0.0.1, with no account, until Ctrl-C.",
  operands: null,
  flags: {
    hub: text("name of the event hub", "NAME", local.hub),
    partitions: integer("partitions of the hub", 4, { min: 1, max: 32 }),
    "hub-port": integer("port of Event Hubs; 0 takes a free one", local.hubPort, { max: 65_535 }),
    "blob-port": integer("port of Blob Storage; 0 takes a free one", local.blobPort, { max: 65_535 }),
    data: text("folder for what is stored", "FOLDER", ".local"),
  },
  examples: ["deno task local", "deno task local --hub-port 5673 --blob-port 10010 --data .local-2"],
  async run({ flags, signal }) {
    await using stack = await localStack({
      hub: flags.hub,
      partitions: flags.partitions,
      hubPort: flags["hub-port"],
      blobPort: flags["blob-port"],
      folder: flags.data,
    });
    const usual = flags.hub === local.hub && stack.hubPort === local.hubPort &&
      stack.blobPort === local.blobPort;
    print([
      `Event Hubs   127.0.0.1:${stack.hubPort}, hub "${flags.hub}", ${flags.partitions} partitions, kept in memory`,
      `Blob Storage 127.0.0.1:${stack.blobPort}, kept in ${flags.data}`,
      "",
      usual
        ? "Every other task uses these when nothing else is set. Other programs, or a .env file:"
        : "Put this into .env, or into the environment:",
      `EVENT_HUB_CONNECTION_STRING=${stack.hubConnectionString}`,
      `EVENT_HUB_NAME=${flags.hub}`,
      `STORAGE_CONNECTION_STRING=${stack.storageConnectionString}`,
      "",
      "Ctrl-C stops both.",
    ].join("\n"));
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return 0;
  },
});
