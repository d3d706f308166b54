/** A folder that no other process may write to meanwhile. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes a folder for this process, until it releases it or dies, however it dies: the operating system holds the lock,
 * so none is left behind.
 *
 * @throws when another process has it, naming that process where the system lets it
 */
export function lockFolder(folder: string): FolderLock {
  Deno.mkdirSync(folder, { recursive: true });
  const file = Deno.openSync(`${folder}/lock`, { create: true, read: true, write: true });
  if (!file.tryLockSync(true)) {
    file.close();
    const owner = readOwner(`${folder}/lock`);
    throw new Error(`The folder ${folder} is in use by ${owner}: stop it, or choose another folder`);
  }
  file.truncateSync();
  file.writeSync(new TextEncoder().encode(String(Deno.pid)));
  return {
    release() {
      file.unlockSync();
      file.close();
    },
  };
}

/** Windows lets nobody else read a file that is locked. */
function readOwner(path: string): string {
  try {
    return `process ${Deno.readTextFileSync(path)}`;
  } catch {
    return "another process";
  }
}
