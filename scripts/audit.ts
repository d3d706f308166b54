import { type Audit, audit } from "#pipeline/audit.ts";
import type { HubPartition } from "#pipeline/hub/hub.ts";
import type { Store } from "#pipeline/store/store.ts";
import { print, runCommand } from "./command.ts";
import { text, toggle } from "./flags.ts";
import type { Logger } from "./log.ts";
import { openFolder, openReceivingHub, openStore, processConfig } from "./open.ts";
import { textTable } from "./table.ts";

await runCommand({
  name: "audit",
  about:
    "Counts the stored events against the hub's own numbers; fails when one is lost or a blob is damaged.",
  operands: null,
  flags: {
    in: text("a folder of blobs, without a hub to compare with", "FOLDER", null),
    json: toggle("print JSON"),
  },
  examples: ["deno task audit", "deno task audit --json", "deno task audit --in out/demo/blobs"],
  async run({ flags, signal, logger }) {
    const { store, hub } = await open(flags.in, logger);
    const progress = logger.progress("audit", 0);
    const found = await audit(store, hub, signal, (done) => progress.update(done, done));
    progress.stop();
    print(flags.json ? JSON.stringify(found, null, 2) : auditText(found, hub.length > 0));
    return found.sound ? 0 : 1;
  },
});

async function open(
  folder: string | null,
  logger: Logger,
): Promise<{ readonly store: Store; readonly hub: readonly HubPartition[] }> {
  if (folder !== null) return { store: await openFolder(folder), hub: [] };
  const config = processConfig();
  const store = await openStore(config);
  await using hub = await openReceivingHub(config, logger.log);
  return { store, hub: await hub.partitions() };
}

function auditText({ blobs, partitions, damaged, withoutMetadata, sound }: Audit, asked: boolean): string {
  const rows = partitions.map(({ gaps: _, ...row }) => row);
  const gaps = partitions.flatMap(({ generation, partition, gaps }) =>
    gaps.map(({ first, last }) => `lost: ${generation} partition ${partition}, events ${first} to ${last}`)
  );
  const notes = [
    ...gaps,
    ...damaged.map(({ blob, reason }) => `damaged: ${blob}: ${reason}`),
    ...asked ? [] : ["No hub was asked: what it holds beyond the last stored event is not known."],
    ...withoutMetadata === 0
      ? []
      : ["A folder keeps no metadata: blobs were held against the hash in their names alone."],
    `${blobs} blobs: ${sound ? "nothing lost, nothing damaged" : "NOT SOUND"}`,
  ];
  return [...rows.length === 0 ? [] : [textTable(rows), ""], ...notes].join("\n");
}
