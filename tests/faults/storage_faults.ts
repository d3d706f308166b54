import { receive } from "#pipeline/receive.ts";
import { seeded } from "#tests/random.ts";
import { type HttpFault, httpFaults, httpProxy } from "#tests/faults/http_proxy.ts";
import { faultCampaign, type Try, untilStored } from "#tests/faults/lanes.ts";
import type { CampaignOptions, Outcome } from "#tests/faults/outcome.ts";

const limits = { events: 50, bytes: 4_194_304, ageMs: 200 };

/** Does every fault of the blob store to a receiver, `count` times each. */
export function storageFaults(options: CampaignOptions, faults = httpFaults): Promise<Outcome> {
  return faultCampaign({ ...options, of: "the blob store", faults, longestRecoveryMs: 30_000, attempt });
}

/** A receiver that meets a fault up to four times: only on puts, or on whatever it asks, checkpoints and leases too. */
async function attempt(fault: HttpFault, { stack, lane, source, seed }: Try): Promise<number> {
  const random = seeded(seed);
  await using proxy = await httpProxy(stack.blobPort);
  const way = { lane, blobs: proxy.port };
  await using observed = await stack.openHub({ lane });
  await using hub = await stack.openHub(way);
  const store = await stack.openStore(way);
  await source.send(observed, 200);
  const struck = Promise.withResolvers<void>();
  const onlyPuts = random.next() < 0.7;
  let before = random.below(5);
  let left = 1 + random.below(4);
  let lastMs = 0;
  proxy.script = ({ method, path }) => {
    if ((onlyPuts && !(method === "PUT" && path.includes("/ticks/"))) || before-- > 0 || left === 0) {
      return null;
    }
    lastMs = performance.now();
    if (--left === 0) struck.resolve();
    return fault;
  };
  const stop = new AbortController();
  const receiving = receive(hub, store, { limits, once: false }, stop.signal);
  await source.send(observed, 200);
  await struck.promise;
  await untilStored(observed);
  const recoveryMs = performance.now() - lastMs;
  stop.abort();
  await receiving;
  return recoveryMs;
}
