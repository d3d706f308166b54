import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** A WebSocket whose frames a test writes byte by byte. */
export interface RawConnection {
  sendText(text: string): Promise<void>;
  /** The frame's header and half of its text. */
  sendHalf(text: string): Promise<void>;
  /** Drops the TCP connection, with no farewell. */
  cut(): void;
}

/** Speaks just enough of RFC 6455 to misbehave. */
export interface RawServer extends AsyncDisposable {
  readonly url: string;
  connection(): Promise<RawConnection>;
}

export function rawServer(): RawServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  return {
    url: `ws://127.0.0.1:${listener.addr.port}`,
    async connection() {
      const socket = await listener.accept();
      open.add(socket);
      await shakeHands(socket);
      return {
        sendText: (text) => write(socket, frame(text)),
        sendHalf: (text) => write(socket, frame(text).subarray(0, 2 + text.length / 2)),
        cut() {
          open.delete(socket);
          socket.close();
        },
      };
    },
    [Symbol.asyncDispose]() {
      listener.close();
      for (const socket of open) socket.close();
      return Promise.resolve();
    },
  };
}

async function shakeHands(socket: Deno.TcpConn): Promise<void> {
  const bytes = new Uint8Array(4_096);
  let request = "";
  while (!request.includes("\r\n\r\n")) {
    request += new TextDecoder().decode(bytes.subarray(0, (await socket.read(bytes)) ?? 0));
  }
  const key = /sec-websocket-key: *(\S+)/i.exec(request)![1];
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const reply = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  await write(socket, Buffer.from([...reply, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n")));
}

/** A whole text frame of at most 125 bytes. */
function frame(text: string): Uint8Array {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
}

async function write(socket: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await socket.write(bytes.subarray(written));
}
