import { memoryHub } from "#pipeline/hub/memory.ts";
import { hubContract } from "#tests/contracts/hub.ts";

hubContract("memoryHub()", () => Promise.resolve({ hub: memoryHub(), async [Symbol.asyncDispose]() {} }));
