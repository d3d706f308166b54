import type { Receiver, Sender } from "rhea";
import type { AmqpError } from "./errors.ts";

/** Either end of a link, as rhea has it. */
export type Link = Sender | Receiver;

/** A link that is being served. */
export interface ServedLink {
  /** Has the link look again for something to send. */
  wake?(): void;
  /** Forgets the link; called once, however it went. */
  drop(): void;
}

/** What came of a client's attach: it is served, or the reason goes back in a detach. */
export type Attached = ServedLink | { readonly refusal: AmqpError };
