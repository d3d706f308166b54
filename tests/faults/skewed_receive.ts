/** Run as a process of its own: `receive`, on a machine whose clock is off by so many milliseconds, the first argument. */
const offMs = Number(Deno.args[0]);
const RealDate = Date;

class SkewedDate extends RealDate {
  constructor(...given: unknown[]) {
    super(...(given.length === 0 ? [SkewedDate.now()] : given) as [number]);
  }
  static override now(): number {
    return RealDate.now() + offMs;
  }
}

Object.assign(globalThis, { Date: SkewedDate });
// The task reads its arguments itself: the clock's is not one of them.
Object.defineProperty(Deno, "args", { value: Deno.args.slice(1) });
await import("#scripts/receive.ts");
