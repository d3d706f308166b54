import { receive } from "#pipeline/receive.ts";
import { faultCampaign, type Try, untilStored } from "#tests/faults/lanes.ts";
import type { CampaignOptions, Outcome } from "#tests/faults/outcome.ts";
import { type TcpFault, type TcpProxy, tcpProxy } from "#tests/faults/tcp_proxy.ts";

/** What a network does, or the hub itself. */
export type HubFault = TcpFault | "busy" | "stolen" | "unauthorised";

/** Every fault there is. */
export const hubFaultKinds: readonly HubFault[] = [
  ...["cut", "black hole", "RST", "one-byte slices", "delay"] as const,
  ...["busy", "stolen", "unauthorised"] as const,
];

const limits = { events: 50, bytes: 4_194_304, ageMs: 200 };

/** Does every fault of the hub to a receiver, `count` times each. */
export function hubFaults(options: CampaignOptions, faults = hubFaultKinds): Promise<Outcome> {
  return faultCampaign({
    ...options,
    of: "the hub and its network",
    faults,
    longestRecoveryMs: 90_000,
    attempt,
  });
}

/** A receiver that meets a fault once it is at work. */
async function attempt(fault: HubFault, given: Try): Promise<number> {
  const { stack, lane, source } = given;
  await using proxy = await tcpProxy(stack.emulator.port);
  await using observed = await stack.openHub({ lane });
  await using hub = await stack.openHub({ lane, hub: proxy.port });
  await source.send(observed, 200);
  const stop = new AbortController();
  const started = Promise.withResolvers<void>();
  const onBatch = () => started.resolve();
  const receiving = receive(hub, stack.store, { limits, once: false, onBatch }, stop.signal);
  await Promise.race([started.promise, receiving]);
  const struckMs = performance.now();
  using _ending = strike(fault, given, proxy);
  await source.send(observed, 200);
  await Promise.race([untilStored(observed), receiving]);
  const recoveryMs = performance.now() - struckMs;
  proxy.calm();
  stop.abort();
  await receiving;
  return recoveryMs;
}

/** Lets it happen; disposing ends what lasts. */
function strike(fault: HubFault, { stack: { emulator }, lane }: Try, proxy: TcpProxy): Disposable {
  const { faults } = emulator;
  if (fault === "stolen") {
    for (const partition of ["0", "1"]) faults.steal({ hub: lane, partition });
    return { [Symbol.dispose]() {} };
  }
  if (fault === "busy" || fault === "unauthorised") {
    const condition = fault === "busy" ? "com.microsoft:server-busy" : "amqp:unauthorized-access";
    // The links that come back after the cut are refused, one after the other.
    const refusing = faults.add({ kind: "refuse", condition, hub: lane, times: 4 });
    proxy.strike("cut");
    return refusing;
  }
  proxy.strike(fault);
  return { [Symbol.dispose]() {} };
}
