import type { CampaignOptions, Outcome } from "#tests/faults/outcome.ts";

/** A campaign of faults, and what its count means. */
export interface Campaign {
  readonly about: string;
  /** How often, unless told otherwise. */
  readonly count: number;
  readonly run: (options: CampaignOptions) => Promise<Outcome>;
}

const eventsAKill = 1_000;

/** Every campaign there is, in the order of docs/reliability.md; each is loaded where it is run. */
export const campaigns = {
  kills: {
    about: "receivers killed with SIGKILL around their puts",
    count: 1_000,
    run: async (options) =>
      await (await import("#tests/faults/kills.ts")).kills({
        ...options,
        events: options.count * eventsAKill,
      }),
  },
  histories: {
    about: "random histories against the planning code and its mutants",
    count: 1_000_000,
    run: async (options) => await (await import("#tests/faults/histories.ts")).histories(options),
  },
  storage: {
    about: "times that each fault of the blob store strikes",
    count: 20,
    run: async (options) => await (await import("#tests/faults/storage_faults.ts")).storageFaults(options),
  },
  hub: {
    about: "times that each fault of the hub and its network strikes",
    count: 20,
    run: async (options) => await (await import("#tests/faults/hub_faults.ts")).hubFaults(options),
  },
  terms: {
    about: "receivers ended with SIGTERM while they flush",
    count: 200,
    run: async (options) => await (await import("#tests/faults/terms.ts")).terms(options),
  },
  receivers: {
    about: "receivers added and removed, with clocks that are off",
    count: 200,
    run: async (options) => await (await import("#tests/faults/sharing.ts")).sharing(options),
  },
  idle: {
    about: "minutes with single events before a hundred thousand at once",
    count: 10,
    run: async (options) => await (await import("#tests/faults/memory.ts")).idleMemory(options),
  },
  down: {
    about: "minutes without a store",
    count: 30,
    run: async (options) => await (await import("#tests/faults/memory.ts")).downMemory(options),
  },
} satisfies Record<string, Campaign>;
