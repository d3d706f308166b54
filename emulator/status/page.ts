import { type Html, html } from "./html.ts";
import { partitionKey, type Rates, readerKey } from "./rates.ts";
import type { EventView, HubStatus, PartitionStatus, ReaderStatus, Status } from "./status.ts";

/** Events on one page of the explorer. */
export const PAGE_EVENTS = 50;

/** The overview: every hub, its partitions and who reads them. Loads itself again, without a script. */
export function renderOverview({ hubs }: Status, rates: Rates): string {
  return page(
    "Event Hubs emulator",
    html`<meta http-equiv="refresh" content="2">`,
    html`
      <h1>Event Hubs emulator</h1>
      ${hubs.map((hub) => renderHub(hub, rates))}
    `,
  );
}

/** One page of a partition's events, with the way to older and newer ones. */
export function renderEvents(
  hub: string,
  partition: PartitionStatus,
  from: number,
  events: readonly EventView[],
): string {
  const { id, beginSequenceNumber: begin, nextSequenceNumber: next } = partition;
  const link = (to: number, text: string) =>
    html`<a href="/events?hub=${encodeURIComponent(hub)}&amp;partition=${id}&amp;from=${to}">${text}</a>`;
  const older = from > begin ? link(Math.max(begin, from - PAGE_EVENTS), "older") : html`older`;
  const newer = from + PAGE_EVENTS < next ? link(from + PAGE_EVENTS, "newer") : html`newer`;
  const title = `${hub}, partition ${id}`;
  return page(
    title,
    html``,
    html`
      <h1>${title}</h1>
      <nav><a href="/">all hubs</a> ${older} ${newer} ${link(
        Math.max(begin, next - PAGE_EVENTS),
        "newest",
      )}</nav>
      <table>
        <thead>
          <tr>
            <th>sequence</th>
            <th>enqueued (UTC)</th>
            <th>key</th>
            <th>properties</th>
            <th>body</th>
          </tr>
        </thead>
        <tbody>${events.map(renderEvent)}</tbody>
      </table>
      <p>${events.length === 0 ? "No events here." : `${events.length} of ${next - begin} events kept.`}</p>
    `,
  );
}

function renderHub({ name, createdOn, partitions }: HubStatus, rates: Rates): Html {
  return html`
    <section>
      <h2>${name}</h2>
      <p>Created ${createdOn.toISOString()}, ${partitions.length} partitions.</p>
      <table>
        <thead>
          <tr>
            <th>partition</th>
            <th>events kept</th>
            <th>first</th>
            <th>next</th>
            <th>size</th>
            <th>in/s</th>
            <th>newest (UTC)</th>
            <th>readers</th>
          </tr>
        </thead>
        <tbody>${partitions.map((partition) => renderPartition(name, partition, rates))}</tbody>
      </table>
    </section>
  `;
}

function renderPartition(hub: string, partition: PartitionStatus, rates: Rates): Html {
  const { id, beginSequenceNumber: begin, nextSequenceNumber: next, sizeBytes, lastEnqueued, readers } =
    partition;
  const href = `/events?hub=${encodeURIComponent(hub)}&partition=${id}&from=${
    Math.max(begin, next - PAGE_EVENTS)
  }`;
  return html`
    <tr>
      <td><a href="${href}">${id}</a></td>
      <td class="n">${next - begin}</td>
      <td class="n">${begin}</td>
      <td class="n">${next}</td>
      <td class="n">${bytes(sizeBytes)}</td>
      <td class="n">${rate(rates.of(partitionKey(hub, id)))}</td>
      <td class="t">${lastEnqueued?.toISOString() ?? "never"}</td>
      <td>${readers.length === 0
        ? "none"
        : html`<ul>${readers.map((reader) => renderReader(hub, partition, reader, rates))}</ul>`}</td>
    </tr>
  `;
}

function renderReader(
  hub: string,
  { id, nextSequenceNumber }: PartitionStatus,
  reader: ReaderStatus,
  rates: Rates,
): Html {
  const { group, name, epoch, position } = reader;
  const speed = rate(rates.of(readerKey(hub, id, group, name)));
  const level = epoch === undefined ? "no owner level" : `owner level ${epoch}`;
  return html`<li>${group}: ${name}, ${level}, lag ${nextSequenceNumber - position}, ${speed} out/s</li>`;
}

function renderEvent({ sequenceNumber, enqueued, partitionKey, properties, body }: EventView): Html {
  return html`
    <tr>
      <td class="n">${sequenceNumber}</td>
      <td class="t">${enqueued.toISOString()}</td>
      <td>${partitionKey ?? ""}</td>
      <td><code>${properties}</code></td>
      <td><code>${body}</code></td>
    </tr>
  `;
}

function page(title: string, head: Html, body: Html): string {
  return html`
    <!doctype html>
    <html lang="en">
      <head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>${title}</title>${head}<link rel="stylesheet" href="/style.css"></head>
      <body>
        <main>${body}</main>
      </body>
    </html>
  `.html;
}

function rate(perSecond: number | undefined): string {
  return perSecond === undefined ? "…" : perSecond.toFixed(perSecond < 10 ? 1 : 0);
}

function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  return count < 1_048_576 ? `${(count / 1024).toFixed(1)} KiB` : `${(count / 1_048_576).toFixed(1)} MiB`;
}
