/** Prints what a process measured, times given in milliseconds, with its own peak of memory (Linux). */
export function print({ ticks, load, analyses }: { ticks: number; load: number; analyses: number }): void {
  const peak = /VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status"))?.[1];
  console.log(JSON.stringify({
    ticks,
    loadSeconds: load / 1000,
    analysesSeconds: analyses / 1000,
    peakMb: Math.round(Number(peak) / 1000),
  }));
}
