// What lies on the phone is encrypted with a key that only the messenger's PIN opens.
//
// A random master key (AES-256-GCM) encrypts everything; the PIN's key (PBKDF2, SHA-256) encrypts the master key. The
// master key is held in memory while the app is unlocked, and nowhere else.

export const ITERATIONS = 600_000; // OWASP's figure for PBKDF2 with SHA-256
const AES = "AES-GCM";

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  bytes: ArrayBuffer;
}
export interface Lock {
  salt: Uint8Array<ArrayBuffer>;
  iterations: number;
  master: Sealed;
}

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const utf8 = new TextEncoder();

async function keyOfPin(pin: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> {
  const raw = await crypto.subtle.importKey("raw", utf8.encode(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations },
    raw,
    { name: AES, length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

/** A new lock for a PIN, and the master key behind it. */
export async function makeLock(pin: string): Promise<{ lock: Lock; key: CryptoKey }> {
  const salt = random(16);
  const raw = random(32);
  const master = await seal(await keyOfPin(pin, salt, ITERATIONS), raw, "master");
  const key = await crypto.subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);
  raw.fill(0);
  return { lock: { salt, iterations: ITERATIONS, master }, key };
}

/** The master key, or null for a wrong PIN. */
export async function openLock(lock: Lock, pin: string): Promise<CryptoKey | null> {
  try {
    const raw = await unseal(await keyOfPin(pin, lock.salt, lock.iterations), lock.master, "master");
    return await crypto.subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);
  } catch {
    return null;
  }
}

/** Encrypt. `about` is bound to it: what was sealed for one place can't be put in another's. */
export async function seal(key: CryptoKey, bytes: BufferSource, about: string): Promise<Sealed> {
  const iv = random(12);
  return {
    iv,
    bytes: await crypto.subtle.encrypt({ name: AES, iv, additionalData: utf8.encode(about) }, key, bytes),
  };
}

export async function unseal(key: CryptoKey, sealed: Sealed, about: string): Promise<ArrayBuffer> {
  return crypto.subtle.decrypt(
    { name: AES, iv: sealed.iv, additionalData: utf8.encode(about) },
    key,
    sealed.bytes,
  );
}
