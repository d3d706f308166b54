import type { Log } from "./broker.ts";
import type { Certificate } from "./listener.ts";
import type { SharedKey } from "./sas.ts";

/** One hub to create. */
export interface HubOptions {
  /** 1 to 256 letters, digits, `.`, `-` or `_`, beginning and ending with a letter or digit. */
  readonly name: string;
  /** 1 to 1024. Defaults to 4. */
  readonly partitions?: number;
  /** Consumer groups beside `$Default`; `"*"` lets receivers use any name. Defaults to none. */
  readonly consumerGroups?: readonly string[] | "*";
}

/** Options of `startEmulator`. */
export interface EmulatorOptions {
  readonly hubs: readonly HubOptions[];
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Defaults to 127.0.0.1. */
  readonly hostname?: string;
  /** Serves a status page on this port of 127.0.0.1; 0 takes any free port. Without it there is none. */
  readonly statusPort?: number;
  /** The shared access key that clients must sign their tokens with. Without it any token will do. */
  readonly key?: string;
  /** Speaks TLS with this certificate and its key, both PEM. Clients must trust it; the SDK then needs no emulator flag. */
  readonly tls?: Certificate;
  /** The folder to keep events in; without it they are kept in memory and gone with the emulator. */
  readonly data?: string;
  /** When an event in a folder counts as kept: `"none"` once the operating system has it, `"batch"` once it is on disk. */
  readonly fsync?: "none" | "batch";
  /** How long events in a folder are kept at least. Defaults to forever. */
  readonly retentionMs?: number;
  /** How much of each partition is kept in a folder at most. Defaults to everything. */
  readonly retentionBytes?: number;
  /** The largest message, batches included. Defaults to 1 MiB, as Event Hubs' standard tier has it. */
  readonly maxMessageBytes?: number;
  /** How long a client may take from connecting to AMQP's open, in ms. Defaults to 10 s. */
  readonly handshakeMs?: number;
  readonly log?: Log;
  /** Milliseconds since 1970. Defaults to `Date.now`. */
  readonly now?: () => number;
}

/** Options with every default filled in. */
export interface Settings
  extends Pick<EmulatorOptions, "data" | "tls" | "statusPort" | "fsync" | "retentionMs" | "retentionBytes"> {
  readonly hubs: readonly Required<HubOptions>[];
  readonly port: number;
  readonly hostname: string;
  readonly key: SharedKey | undefined;
  readonly maxMessageBytes: number;
  readonly handshakeMs: number;
  readonly log: Log;
  readonly now: () => number;
}

/** The name that connection strings give the key. */
export const KEY_NAME = "RootManageSharedAccessKey";
const NAME = /^[a-z0-9]([a-z0-9._-]{0,254}[a-z0-9])?$/i;

/** Fills in defaults. @throws {RangeError} on a value that makes no sense, naming it and what is allowed */
export function readOptions(options: EmulatorOptions): Settings {
  const hubs = options.hubs.map(readHub);
  if (hubs.length === 0) {
    throw new RangeError('No hub is named: give at least one, such as { name: "prices" }');
  }
  const names = hubs.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new RangeError(`The hub "${twice}" is named twice: give each hub its own name`);
  }
  return {
    ...options,
    hubs,
    port: options.port ?? 0,
    hostname: options.hostname ?? "127.0.0.1",
    key: options.key === undefined ? undefined : { name: KEY_NAME, value: options.key },
    maxMessageBytes: options.maxMessageBytes ?? 1_048_576,
    handshakeMs: options.handshakeMs ?? 10_000,
    log: options.log ?? (() => {}),
    now: options.now ?? Date.now,
  };
}

function readHub({ name, partitions = 4, consumerGroups = [] }: HubOptions): Required<HubOptions> {
  if (!NAME.test(name)) {
    throw new RangeError(`The hub name "${name}" is not allowed: use letters, digits, ".", "-" and "_"`);
  }
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > 1024) {
    throw new RangeError(`The hub "${name}" can't have ${partitions} partitions: give 1 to 1024`);
  }
  return { name, partitions, consumerGroups };
}
