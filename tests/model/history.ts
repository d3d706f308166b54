import type { HubEvent } from "#pipeline/hub/hub.ts";
import { encodeTick } from "#pipeline/tick.ts";
import { type Random, seeded } from "#tests/random.ts";
import { type Code, type Receiver, type World, world } from "#tests/model/world.ts";

const mostEvents = 12;
const mostSteps = 40;
/** More receivers of one partition than there ever should be: a lease that ran out doesn't end its holder. */
const mostReceivers = 3;

/** A partition's events; some can't be decoded. */
const events: readonly HubEvent[] = Array.from({ length: mostEvents }, (_, sequenceNumber) => {
  const time = "2026-05-01T00:00:00.000Z";
  const tick = {
    source: "model",
    symbol: "BTC-USD",
    price: 1,
    size: null,
    side: null,
    time,
    received_at: time,
  };
  const body = sequenceNumber % 5 === 3
    ? new Uint8Array([0xff])
    : encodeTick({ id: `model|BTC-USD|${sequenceNumber}`, ...tick });
  return { body, sequenceNumber, offset: String(sequenceNumber), enqueuedAt: time };
});

/**
 * Plays one random history of receivers that share a partition: they start, take events in, are cut off, crash and are
 * terminated, while requests to the store fail, are carried out without an answer, and overtake each other. At its end
 * one receiver is left alone to finish.
 *
 * @returns what was lost or mixed up, `null` when nothing was. The same seed plays the same history.
 */
export async function playHistory(code: Code, seed: number): Promise<string | null> {
  const random = seeded(seed);
  const shown = world(code, events.slice(0, 1 + random.below(mostEvents)), random);
  const failing = random.pick([0, 0.1, 0.4]);
  shown.start();
  for (let steps = random.below(mostSteps); steps > 0; steps--) {
    step(shown, random, failing);
    await settled();
  }
  for (const receiver of [...shown.receivers]) shown.crash(receiver, random);
  const last = shown.start();
  shown.deliver(last, mostEvents);
  void last.intake.flush();
  for (await settled(); shown.underWay > 0; await settled()) shown.finish(random, 0);
  last.intake.drop();
  return shown.verdict();
}

function step(shown: World, random: Random, failing: number): void {
  const receivers = [...shown.receivers];
  const receiver: Receiver | undefined = receivers[random.below(receivers.length)];
  const fate = random.next();
  if (receiver === undefined || (fate < 0.06 && receivers.length < mostReceivers)) shown.start();
  else if (fate < 0.1) shown.crash(receiver, random);
  else if (fate < 0.13) shown.terminate(receiver);
  else if (fate < 0.16) receiver.intake.drop();
  else if (fate < 0.25) void receiver.intake.flush();
  else if (fate < 0.5 || shown.underWay === 0) shown.deliver(receiver, 1 + random.below(6));
  else shown.finish(random, failing);
}

/** Lets everything run that waits for nothing but its turn: no promise in the intake is further away than this. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await null;
}
