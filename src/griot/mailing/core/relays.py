"""Where messages go: an SMTP relay, or a Maildir in the state folder."""

from __future__ import annotations

import os
import smtplib
import ssl
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from griot.characters import fit_text


class Refused(Exception):
    """The relay will not take this message, now (`is_temporary`) or ever."""

    def __init__(self, reply: str, is_temporary: bool) -> None:
        super().__init__(reply)
        self.is_temporary = is_temporary


class RelayDown(Exception):
    """The relay can't be reached, won't deal with us, or hung up before the message was handed over: nothing
    was sent, and that is no word on its reader.
    """


class InDoubt(Exception):
    """The message was handed over, and the relay hung up before it answered."""


class Relay(Protocol):
    def deliver(self, key: str, sender: str, to: str, message: bytes) -> str:
        """Hand one message over; gives the relay's reply.

        `key` names the delivery, the same at each attempt. Raises Refused, RelayDown, InDoubt.
        """
        ...

    def close(self) -> None: ...


_OF_US = {503, 530, 534, 535, 538}  # wants us to sign in first, or in another way (RFC 4954)


class SmtpRelay:
    """One connection, kept open from message to message."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._is_tls = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._is_tls else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._smtp: smtplib.SMTP | None = None
        self._is_used = False

    def _open(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        try:
            context = ssl.create_default_context()
            if self._is_tls:
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=60, context=context)
            else:
                smtp = smtplib.SMTP(self._host, self._port, timeout=60)
            smtp.ehlo()
            if not self._is_tls and smtp.has_extn("starttls"):
                smtp.starttls(context=context)
                smtp.ehlo()
            if self._user:
                if not self._is_tls and not isinstance(smtp.sock, ssl.SSLSocket):
                    raise RelayDown(f"{self._host} offers no encryption; a password is not sent in the clear")
                smtp.login(self._user, self._password)
        except smtplib.SMTPResponseException as error:
            raise RelayDown(
                f"{self._host}:{self._port} said {error.smtp_code} {_words(error.smtp_error)}"
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            raise RelayDown(f"{self._host}:{self._port} can't be reached ({error})") from None
        self._smtp, self._is_used = smtp, False
        return smtp

    def _begin(self, sender: str) -> smtplib.SMTP:
        """A connection on which the relay takes a mail of ours. One that has carried enough is ended by the
        relay, in words or without: then on a new one.
        """
        smtp = self._open()
        try:
            self._say(smtp, *smtp.mail(sender))
        except (Refused, OSError) as error:
            was_used = self._is_used
            self.close()
            if was_used:
                return self._begin(sender)
            if isinstance(error, Refused):
                raise RelayDown(f"{self._host}:{self._port} refuses us: {error}") from None
            raise
        return smtp

    def deliver(self, key: str, sender: str, to: str, message: bytes) -> str:
        handed_over = False
        try:
            smtp = self._begin(sender)
            self._is_used = True
            self._say(smtp, *smtp.rcpt(to))
            self._say(smtp, *smtp.docmd("DATA"), expected=354)
            handed_over = True
            stuffed = message.replace(b"\r\n.", b"\r\n..")
            smtp.send(stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            return self._say(smtp, *smtp.getreply())
        except (TimeoutError, smtplib.SMTPServerDisconnected, OSError) as error:
            self.close()
            raise (InDoubt if handed_over else RelayDown)(str(error) or "the connection broke") from None

    def _say(self, smtp: smtplib.SMTP, code: int, words: bytes, expected: int = 250) -> str:
        """The reply in words. Raises Refused for any other code, and readies the connection for
        the next message; RelayDown for one that is about us.
        """
        reply = f"{code} {_words(words)}"[:300]
        if code in _OF_US:
            self.close()
            raise RelayDown(f"{self._host}:{self._port} refuses us: {reply}")
        if code != expected and not (expected == 250 and code == 251):
            if code == 421:
                self.close()
                raise Refused(reply, is_temporary=True)
            try:
                smtp.rset()
            except OSError:  # it has hung up behind its words, which hold
                self.close()
            raise Refused(reply, is_temporary=400 <= code < 500)
        return reply

    def close(self) -> None:
        if self._smtp is not None:
            smtp, self._smtp = self._smtp, None
            try:
                smtp.quit()
            except (OSError, smtplib.SMTPException):
                smtp.close()


class MaildirRelay:
    """Delivers into a Maildir: whole or not at all, and never twice under one key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(exist_ok=True, mode=0o700)

    def deliver(self, key: str, sender: str, to: str, message: bytes) -> str:
        draft = self._folder / "tmp" / f"{key}.{os.getpid()}"
        try:
            draft.write_bytes(message.replace(b"\r\n", b"\n"))
            os.replace(draft, self._folder / "new" / key)
        except OSError as error:
            raise RelayDown(f"can't write to {self._folder} ({error.strerror})") from None
        return "250 kept in the Maildir"

    def close(self) -> None:
        """Nothing stays open between messages."""


def _words(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(fit_text(text).split())


def open_relay(url: str, maildir: Path) -> Relay:
    """The relay that EMAIL_URL names; the Maildir where it names none. Raises ValueError for other
    schemes.
    """
    if not url:
        return MaildirRelay(maildir)
    if urlsplit(url).scheme not in {"smtp", "smtps"}:
        raise ValueError(f"EMAIL_URL must begin with smtp:// or smtps://, not {url.split(':')[0]!r}")
    return SmtpRelay(url)
