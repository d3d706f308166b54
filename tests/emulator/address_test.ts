import assert from "node:assert/strict";
import { parseAddress } from "#emulator/address.ts";
import { parsePosition } from "#emulator/position.ts";

Deno.test("parseAddress() reads what SDKs put there, and nothing else", () => {
  const cases: readonly [string, ReturnType<typeof parseAddress>][] = [
    ["$cbs", { kind: "cbs" }],
    ["$management", { kind: "management" }],
    ["prices/$management", { kind: "management" }],
    ["prices", { kind: "producer", hub: "prices" }],
    ["prices/", { kind: "producer", hub: "prices" }],
    ["amqps://127.0.0.1:5671/prices", { kind: "producer", hub: "prices" }],
    ["prices/partitions/3", { kind: "producer", hub: "prices", partition: "3" }],
    ["prices/ConsumerGroups/$Default/Partitions/0", {
      kind: "consumer",
      hub: "prices",
      group: "$Default",
      partition: "0",
    }],
    ["p/CONSUMERGROUPS/a%20b/partitions/0", { kind: "consumer", hub: "p", group: "a b", partition: "0" }],
    ["", undefined],
    ["/", undefined],
    ["prices/Partitions", undefined],
    ["prices/Other/1", undefined],
    ["prices/ConsumerGroups/g/Partitions/0/more", undefined],
  ];
  for (const [address, expected] of cases) assert.deepEqual(parseAddress(address), expected, address);
});

Deno.test("parsePosition() reads every start position, and no other selector", () => {
  const at = (annotation: string, rest: string) => `amqp.annotation.x-opt-${annotation} ${rest}`;
  const cases: readonly [string | undefined, ReturnType<typeof parsePosition>][] = [
    [undefined, { kind: "earliest" }],
    [at("offset", "> '-1'"), { kind: "earliest" }],
    [at("offset", "> '@latest'"), { kind: "latest" }],
    [at("offset", ">= '120'"), { kind: "offset", value: 120, inclusive: true }],
    [at("sequence-number", "> '7'"), { kind: "sequenceNumber", value: 7, inclusive: false }],
    [at("sequence-number", ">'-1'"), { kind: "sequenceNumber", value: -1, inclusive: false }],
    [at("enqueued-time", "> '1767225600000'"), {
      kind: "enqueuedTimeMs",
      value: 1767225600000,
      inclusive: false,
    }],
    [at("offset", "< '5'"), undefined],
    [at("offset", "> 'five'"), undefined],
    [at("offset", "> '99999999999999999999'"), undefined],
    [at("offset", "> '5' or 1=1"), undefined],
    ["", undefined],
  ];
  for (const [filter, expected] of cases) assert.deepEqual(parsePosition(filter), expected, `${filter}`);
});
