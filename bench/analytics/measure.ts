/** What a process prints (see print.ts), and how long all of it took. */
export interface Figures {
  readonly ticks: number;
  readonly loadSeconds: number;
  readonly analysesSeconds: number;
  readonly peakMb: number;
  readonly wholeSeconds: number;
}

/** Runs a command that prints its figures; `null` where it fails, since a peer may not be there. */
export async function measure([command, ...args]: readonly string[]): Promise<Figures | null> {
  const started = performance.now();
  const { success, stdout } = await new Deno.Command(command!, { args, stderr: "inherit" }).output();
  if (!success) return null;
  const wholeSeconds = (performance.now() - started) / 1000;
  return { ...JSON.parse(new TextDecoder().decode(stdout)), wholeSeconds };
}

export const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** The command that runs a script of this folder in a process of its own. */
export const script = (name: string, ...args: string[]): string[] => [
  Deno.execPath(),
  "run",
  "-A",
  `${import.meta.dirname!}/${name}`,
  ...args,
];
