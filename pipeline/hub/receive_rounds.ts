import type { Log } from "./hub.ts";
import { backoffMs, pause } from "./pause.ts";
import { type PartitionsOptions, receivePartitions } from "./receive_partitions.ts";

/** The part of a round that is opened anew for each: the hub's present life, and a connection. */
export type OpenRound = () => Promise<
  Pick<PartitionsOptions, "consumer" | "store" | "generation" | "createdMs">
>;

/** How often in a row a hub that has served us may refuse us: a token ran out, a hub is being made anew. */
const mostRefusals = 10;

const mostDoublings = 4;

/**
 * Receives in rounds, nearly always one. Another one begins when the hub was made anew, when it stood still though it
 * has more, or refuses what it accepted before: with a new connection, a new token, and the generation that it has then.
 *
 * @throws {Error} when the hub can't be opened at first, refuses us at first, or refuses us again and again.
 */
export async function receiveRounds(
  open: OpenRound,
  given: Omit<PartitionsOptions, keyof Awaited<ReturnType<OpenRound>> | "onServed">,
  signal: AbortSignal,
): Promise<void> {
  const { log } = given;
  let patience = 0;
  // Each round that brings nothing gives the next one twice the time, so that a hub that stands still isn't worried.
  let fruitless = 0;
  const onServed = () => {
    patience = mostRefusals;
    fruitless = 0;
  };
  for (let round = 1;; round++) {
    const opened = round === 1 ? await open() : await reopen(open, mostRefusals - patience, log, signal);
    if (opened === null) return;
    log("receive.round", { round, receiver: opened.consumer.identifier, generation: opened.generation });
    const stallMs = given.watch.stallMs * 2 ** Math.min(fruitless++, mostDoublings);
    const watch = { ...given.watch, stallMs };
    try {
      if (await receivePartitions({ ...given, ...opened, watch, onServed }, signal) === "done") return;
    } catch (error) {
      if (patience-- <= 0) throw error;
      log("receive.refused", { error: String(error) });
    }
  }
}

/** Tries until it works; `null` when the signal comes first. */
async function reopen(
  open: OpenRound,
  failures: number,
  log: Log,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<OpenRound>> | null> {
  for (let attempt = failures; !signal.aborted; attempt++) {
    await pause(backoffMs(attempt), signal);
    try {
      if (!signal.aborted) return await open();
    } catch (error) {
      log("receive.reopen_failed", { attempt, error: String(error) });
    }
  }
  return null;
}
