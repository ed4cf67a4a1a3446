"""Compile a message once, then fill in each recipient.

Building MIME for every recipient costs more than delivering it. So the message is built
once with slots for what differs, cut at the slots, and each recipient's copy is a join of
byte strings. Slots stand on lines of their own between soft line breaks of the
quoted-printable encoding (RFC 2045 §6.7), which vanish when the part is decoded.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from email import policy, quoprimime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from griot.characters import fit_text

TO, MESSAGE_ID, UNSUBSCRIBE = "TO", "ID", "UNSUBSCRIBE"  # what a slot is for


@dataclass(frozen=True, slots=True)
class Compiled:
    """A message cut at its slots: text, what the slot is for, text, …, text."""

    pieces: tuple[bytes, ...]

    def for_recipient(self, to: str, message_id: str, unsubscribe: str) -> bytes:
        """The whole message with CRLF line ends. The values must be ASCII without line breaks."""
        values = {TO.encode(): to, MESSAGE_ID.encode(): message_id, UNSUBSCRIBE.encode(): unsubscribe}
        for value in values.values():
            if not value.isascii() or any(c in value for c in "\r\n\0"):
                raise ValueError(f"not fit for a mail header: {value!r}")
        filled = [
            piece
            if i % 2 == 0
            else values[piece].replace("=", "=3D").encode()
            if self._in_body(i)
            else values[piece].encode()
            for i, piece in enumerate(self.pieces)
        ]
        return b"".join(filled)

    def _in_body(self, i: int) -> bool:
        return self.pieces[i - 1].endswith(b"=\r\n")


def compile_message(
    *, sender: str, subject: str, text: str, html: str, list_name: str, unsubscribe_mark: str, date: datetime
) -> Compiled:
    """Compile a multipart message. `unsubscribe_mark` stands in text and html where the address
    to unsubscribe goes; it, as our own slots, must be nothing that a stranger's words could contain.
    """
    slot = f"GRIOT{secrets.token_hex(8)}"
    name, address = parseaddr(sender)
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = slot + TO
    message["Subject"] = " ".join(fit_text(subject).split())  # of one line, by whatever ends one
    message["Date"] = format_datetime(date)
    message["Message-ID"] = slot + MESSAGE_ID
    message["List-Id"] = f"<{list_name}.{address.rpartition('@')[2] or 'localhost'}>"
    message["List-Unsubscribe"] = f"<{slot}{UNSUBSCRIBE}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message["Precedence"] = "bulk"
    message["MIME-Version"] = "1.0"
    message.make_alternative()
    for kind, body in (("plain", text), ("html", html)):
        part = EmailMessage(policy=policy.SMTP)
        part["Content-Type"] = f'text/{kind}; charset="utf-8"'
        part["Content-Transfer-Encoding"] = "quoted-printable"
        part.set_payload(_quoted(body, unsubscribe_mark, slot + UNSUBSCRIBE))
        message.attach(part)
    return Compiled(tuple(re.split(rf"{slot}(TO|ID|UNSUBSCRIBE)".encode(), message.as_bytes())))


def _quoted(body: str, mark: str, slot: str) -> str:
    """The body in quoted-printable, each mark replaced by the slot on its own line."""
    encoded = []
    for piece in body.split(mark):
        latin = piece.replace("\r\n", "\n").encode().decode("latin-1")
        encoded.append(quoprimime.body_encode(latin, maxlinelen=76))
    return f"=\n{slot}=\n".join(encoded)
