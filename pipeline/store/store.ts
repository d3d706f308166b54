/** A stored blob, as a listing shows it. */
export interface BlobInfo {
  /** Segments joined by `/`, on every platform. */
  readonly name: string;
  readonly sizeBytes: number;
  /** What it was put with; `null` where the store keeps none. */
  readonly metadata: Readonly<Record<string, string>> | null;
}

/** Blobs: Azure's, or a folder. */
export interface Store {
  /**
   * Creates a blob in one step: a reader sees all of it or nothing. A name states its exact content, so a blob that is
   * already there is success, and stays as it is. An error's `retryAfterMs` is the least pause before asking again.
   */
  put(name: string, bytes: Uint8Array, metadata: Record<string, string>): Promise<"created" | "exists">;
  /** The blobs whose names start with `prefix`, in the order of their names. */
  list(prefix: string): AsyncIterable<BlobInfo>;
  /**
   * The whole of a blob; the bytes are the caller's own.
   *
   * @throws {Error} when there is no such blob.
   */
  get(name: string): Promise<Uint8Array>;
}
