import { arrayBuffer } from "node:stream/consumers";
import { BlobServiceClient, ContainerClient, RestError } from "@azure/storage-blob";
import type { Store } from "./store.ts";

/** Where the blobs are, and how to get in. */
export type StorageAddress =
  | { readonly connectionString: string }
  | { readonly accountUrl: string; readonly credential: Credential };

/** Proves who we are, as `@azure/identity` does. */
type Credential = BlobServiceClient["credential"];

/**
 * A container of an Azure storage account, or of Azurite; made when it isn't there.
 *
 * @throws {Error} when the account can't be reached or refuses us: says which, and what to do.
 */
export async function openContainer(address: StorageAddress, name: string): Promise<ContainerClient> {
  const container = serviceClient(address).getContainerClient(name);
  try {
    // Asked first: a reader's role may look, but not create.
    if (!(await container.exists())) await container.createIfNotExists();
  } catch (error) {
    throw explain(error, container);
  }
  return container;
}

/** What a put may take: the SDK itself would wait for an answer for ever. */
const putMs = 15_000;
const putBytesPerMs = 250;

/**
 * Blobs of a container, each created in one put.
 *
 * A put is asked once. Whoever wants it stored asks again, no sooner than the error's `retryAfterMs` says where the
 * service sent Retry-After, which the SDK's own attempts pay no heed to.
 */
export function blobStore(container: ContainerClient): Store {
  const once = new ContainerClient(container.url, container.credential, { retryOptions: { maxTries: 1 } });
  return {
    async put(name, bytes, metadata) {
      const blob = once.getBlockBlobClient(name);
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), putMs + bytes.length / putBytesPerMs);
      try {
        await blob.uploadData(bytes, {
          abortSignal: late.signal,
          metadata,
          conditions: { ifNoneMatch: "*" },
          blobHTTPHeaders: { blobContentType: "application/x-ndjson" },
        });
        return "created";
      } catch (error) {
        if (error instanceof RestError && error.code === "BlobAlreadyExists") return "exists";
        throw Object.assign(explain(error, container), { retryAfterMs: retryAfterMs(error) });
      } finally {
        clearTimeout(timer);
      }
    },
    async *list(prefix) {
      try {
        for await (const blob of container.listBlobsFlat({ prefix, includeMetadata: true })) {
          const { name, metadata = {}, properties: { contentLength = 0 } } = blob;
          yield { name, sizeBytes: contentLength, metadata };
        }
      } catch (error) {
        throw explain(error, container);
      }
    },
    async get(name) {
      try {
        // One request, where downloadToBuffer asks for the size first.
        const { readableStreamBody } = await container.getBlobClient(name).download();
        return new Uint8Array(await arrayBuffer(readableStreamBody!));
      } catch (error) {
        throw explain(error, container);
      }
    },
  };
}

function serviceClient(address: StorageAddress): BlobServiceClient {
  const options = {
    retryOptions: { maxTries: 4, retryDelayInMs: 250, maxRetryDelayInMs: 4_000, tryTimeoutInMs: 15_000 },
  };
  if ("accountUrl" in address) return new BlobServiceClient(address.accountUrl, address.credential, options);
  try {
    return BlobServiceClient.fromConnectionString(address.connectionString, options);
  } catch (cause) {
    throw new Error(
      "STORAGE_CONNECTION_STRING is not one: expected DefaultEndpointsProtocol=...;AccountName=...;AccountKey=..., " +
        "or UseDevelopmentStorage=true",
      { cause },
    );
  }
}

/** How long the service asks to be left alone: seconds, or a date. 0 when it doesn't say. */
function retryAfterMs(error: unknown): number {
  const header = (error as Partial<RestError>).response?.headers.get("retry-after") ?? "";
  if (/^\d+$/.test(header)) return Number(header) * 1_000;
  return Math.max(0, Date.parse(header) - Date.now() || 0);
}

/** The same error in one line, with the way to mend it. */
function explain(error: unknown, container: ContainerClient): Error {
  const { origin, hostname } = new URL(container.url);
  const { code = "", statusCode, message, name } = error as RestError;
  const reason = message.split("\n")[0];
  const local = /^(localhost|127\.|\[::1)/.test(hostname);
  const advice = () => {
    if (code === "ECONNREFUSED" || code === "REQUEST_SEND_ERROR") {
      return local
        ? "nothing listens there: start it with `deno task local` in another terminal, or set STORAGE_ACCOUNT_URL"
        : "it can't be reached: check STORAGE_ACCOUNT_URL and the network";
    }
    if (name === "AbortError") return "it did not answer in time";
    if (code === "ENOTFOUND") return "there is no such host: check STORAGE_ACCOUNT_URL";
    if (/Credential|Authentication/.test(name)) {
      return `an identity is needed, and none works (${reason}): check AZURE_TENANT_ID, AZURE_CLIENT_ID and ` +
        "AZURE_CLIENT_SECRET, or set STORAGE_CONNECTION_STRING";
    }
    if (statusCode === 401 || statusCode === 403) {
      return `it refuses the credentials (${code}): check the key, or the role (Storage Blob Data Contributor)`;
    }
    if (code === "BlobNotFound") return `container "${container.containerName}" has no such blob`;
    if (code === "ContainerNotFound") return `it has no container "${container.containerName}"`;
    return reason;
  };
  return new Error(`Storage at ${origin}: ${advice()}`, { cause: error });
}
