// A receipt's code, by which a teller can come back to what they told.

const LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"; // told apart when read aloud

/** A new code. It is made on the phone: the teller has it before there is a network, and no lost answer can lose it. */
export function receiptCode(): string {
  const code = [...crypto.getRandomValues(new Uint8Array(12))]
    .map((byte) => LETTERS[byte % LETTERS.length])
    .join("");
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}
