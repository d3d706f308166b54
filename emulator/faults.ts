/** Where a fault strikes: everywhere, in one hub, or in one partition of it. */
export interface FaultPlace {
  readonly hub?: string;
  readonly partition?: string;
}

/** Something to go wrong, each time it can or only `times` times. */
export type Fault =
  & FaultPlace
  & { readonly times?: number }
  & (
    /** Batches are stored only after a while. */
    | { readonly kind: "delay"; readonly delayMs: number }
    /** Batches are refused with `com.microsoft:server-busy`. */
    | { readonly kind: "throttle" }
    /** Links are refused as they attach, with any condition. */
    | { readonly kind: "refuse"; readonly condition: string; readonly description?: string }
    /** The connection is cut when a batch has come, before it is stored. */
    | { readonly kind: "dropBeforeStore" }
    /** The connection is cut when a batch is stored, before it is acknowledged. */
    | { readonly kind: "dropBeforeAcknowledge" }
    /** Nothing is sent to receivers, while producers go on. */
    | { readonly kind: "freeze" }
    /** Batches can't be stored: `amqp:resource-limit-exceeded`. */
    | { readonly kind: "diskFull" }
  );

/** Makes an emulator misbehave on demand. */
export interface Faults {
  /** Sets a fault up. @returns what ends it; `using` does that at the end of a block */
  add(fault: Fault): Disposable;
  /** Detaches the receivers of a partition with `amqp:link:stolen`, as if another reader had taken it. */
  steal(place: { readonly hub: string; readonly partition: string }): void;
  /** Cuts every connection, without a word. */
  dropConnections(): void;
}
