import type { Outcome } from "#tests/faults/outcome.ts";

/** The page docs/reliability.md: what was survived, and what fell short, as it is. */
export function reliabilityPage(outcomes: readonly Outcome[], machine: string): string {
  const rows = outcomes.map(({ title, balance, seed, seconds, at, shortfalls }) => {
    const { sent, lost, duplicates } = balance ?? { sent: null, lost: null, duplicates: null };
    const cells = [title, sent, lost, duplicates, seed, `${Math.round(seconds)} s`, at.slice(0, 10)];
    return `| ${[...cells.map((cell) => cell ?? ""), shortfalls.length === 0 ? "yes" : "no"].join(" | ")} |`;
  });
  const details = outcomes.map(({ title, figures, shortfalls }) =>
    [
      `### ${title}`,
      "",
      ...figures.map((figure) => `- ${figure}`),
      ...shortfalls.map((one) => `- **Fell short:** ${one}`),
    ]
      .join("\n")
  );
  return `# Reliability: what was survived

\`deno task faults\` wrote this page. It runs real receivers against the emulator and Azurite on one machine, breaks what
can break, and then holds every event that the hub acknowledged against what DuckDB reads from the blobs. *Lost* and
*twice* count the result; what was delivered more than once and read once is told below the table. A seed makes the
choices again (\`deno task faults --only kills --seed N\`), not the timing of the processes.

Machine: ${machine}. Nothing here was run against Azure itself.

| what was done | events | lost | twice | seed | took | on | within target |
| ------------- | ------ | ---- | ----- | ---- | ---- | -- | ------------- |
${rows.join("\n")}

${details.join("\n\n")}

## What is not shown here

A source's own outage, downtime longer than the hub's retention, and the loss of a region are not covered by the design.
The faults of a real network between regions, and Azure's own limits and failovers, were not met by these runs.
`;
}
