import v8 from "node:v8";
import vm from "node:vm";

/** What is in use, on the heap and in buffers beside it, once everything that can be collected has been. */
export async function bytesInUse(): Promise<number> {
  v8.setFlagsFromString("--expose-gc");
  const collect: () => void = vm.runInNewContext("gc");
  // What is collected at first may free more through finalizers, which run between turns of the event loop.
  for (let turn = 0; turn < 3; turn++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}
