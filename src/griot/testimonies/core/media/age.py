"""An age file read from the middle: its header, and of what follows only the chunks that are asked for.

As age-encryption.org/v1 has it: a header that wraps the file's key for each recipient; 16 bytes of nonce; the
content in chunks of 64 KiB, each sealed by itself under its number, the last one marked (STREAM). pyrage,
which writes our files and reads whole ones, neither seeks nor gives out a file's key: what wraps it for an
X25519 recipient is opened here, with the primitives of `cryptography`.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK, TAG, NONCE = 64 * 1024, 16, 16  # bytes
_LONGEST_LINE, _MOST_LINES = 1024, 100  # of a header
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"  # BIP 173


class Unreadable(Exception):
    """No key fits, or the file is not what was written."""


@dataclass(frozen=True, slots=True)
class AgeFile:
    """An opened file: `size` is that of its content, in bytes."""

    file: BinaryIO
    key: bytes
    begins: int  # where the first chunk does
    chunks: int
    size: int

    def pieces(self, first: int, last: int) -> Iterator[bytes]:
        """The bytes from `first` to `last`, both of them included, a chunk at a time, and nothing before or
        after them read. Closes the file at its end, or where it has been erased meanwhile. Raises Unreadable.
        """
        with self.file:
            for number in range(first // CHUNK, last // CHUNK + 1):
                if not os.fstat(self.file.fileno()).st_nlink:
                    return
                at = number * CHUNK
                yield self.chunk(number)[max(0, first - at) : last + 1 - at]

    def chunk(self, number: int) -> bytes:
        self.file.seek(self.begins + number * (CHUNK + TAG))
        nonce = number.to_bytes(11, "big") + bytes([number == self.chunks - 1])
        try:
            return ChaCha20Poly1305(self.key).decrypt(nonce, self.file.read(CHUNK + TAG), None)
        except InvalidTag:
            raise Unreadable(f"chunk {number} is not as it was written") from None


def open_age(file: BinaryIO, secrets: Sequence[str]) -> AgeFile:
    """Open a file's header with one of the keys (AGE-SECRET-KEY-1…). Raises Unreadable.

    The last chunk is read, too: it alone says that nothing was cut off.
    """
    try:
        header, mac = _header(file)
        key = next((key for secret in secrets for key in _file_keys(header, secret)), None)
    except ValueError as error:  # no Base64, no key of 32 bytes
        raise Unreadable(f"its header is not as it was written: {error}") from None
    if key is None:
        raise Unreadable("no key fits")
    proof = HMAC(_derived(key, b"", b"header"), SHA256())
    proof.update(header + b"---")
    try:
        proof.verify(mac)
    except InvalidSignature:
        raise Unreadable("its header is not as it was written") from None
    nonce = file.read(NONCE)
    begins = file.tell()
    length = file.seek(0, 2) - begins
    chunks = max(1, -(-length // (CHUNK + TAG)))
    found = AgeFile(file, _derived(key, nonce, b"payload"), begins, chunks, length - chunks * TAG)
    found.chunk(chunks - 1)
    return found


def _header(file: BinaryIO) -> tuple[bytes, bytes]:
    """The header up to its last line, and the authentication code on that."""
    lines: list[bytes] = []
    while len(lines) < _MOST_LINES:
        line = file.readline(_LONGEST_LINE)
        if line.startswith(b"--- "):
            return b"".join(lines), _base64(line[4:])
        lines.append(line)
    raise Unreadable("it has no header")


def _file_keys(header: bytes, secret: str) -> Iterator[bytes]:
    """The file's key, from each of the header's stanzas that the secret opens."""
    own = X25519PrivateKey.from_private_bytes(_scalar(secret))
    lines = header.splitlines()
    for stanza, body in pairwise(lines):
        kind, _, share = stanza.removeprefix(b"-> ").partition(b" ")
        if kind == b"X25519":
            shared = own.exchange(X25519PublicKey.from_public_bytes(_base64(share)))
            salt = _base64(share) + own.public_key().public_bytes_raw()
            wrapping = _derived(shared, salt, b"age-encryption.org/v1/X25519")
            try:
                yield ChaCha20Poly1305(wrapping).decrypt(bytes(12), _base64(body), None)
            except InvalidTag:
                continue  # another's stanza


def _scalar(secret: str) -> bytes:
    """The 32 bytes of a key in Bech32: 52 letters of five bits, and six of a checksum."""
    value = 0
    for letter in secret.strip().lower().rpartition("1")[2][:-6]:
        value = value << 5 | _BECH32.index(letter)
    return (value >> 4).to_bytes(32, "big")


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _base64(text: bytes) -> bytes:
    """age writes Base64 without its padding."""
    return base64.b64decode(text.strip() + b"==")
