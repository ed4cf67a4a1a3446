"""Mailboxes: press releases and newsletters over IMAP (RFC 9051), each mail one entry with its whole text.

Mails are read and left as they are: not marked, not moved, not deleted.
"""

from __future__ import annotations

import imaplib
import logging
import re
import socket
import ssl
import threading
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from imap_tools import AND, BaseMailBox, MailMessage, UidRange
from lxml import html as lxml_html
from trafilatura import extract

from griot.press.core.pages.markup import short_text, tame
from griot.press.core.pages.pages import tree_of
from griot.press.core.pages.plain import plain_text
from griot.press.core.pages.urls import canonical_url
from griot.press.core.sources.fetching import FetchError, address_of, is_exempt
from griot.press.core.types import BadInput, Entry, Run

log = logging.getLogger(__name__)
TIMEOUT, VISIT = 20, 90  # seconds: for a piece of an answer, and for all of a visit
MOST = 200  # mails taken at a visit
MOST_MAIL = 20 * 1024 * 1024  # bytes
MOST_SAID = 10 * MOST_MAIL  # by the server, at a visit
FIRST_LOOK = 50  # of the newest, when a mailbox is visited for the first time
MAX_TEXT, MOST_MARKUP = 60_000, 2_000_000  # characters; more than any newsletter's
LONGEST_LINK = 500  # characters of one that may lead to the mail on the web
_ONLINE = re.compile(
    r"(?i)view (?:it |this |the )?(?:e-?mail |newsletter |message )?(?:online|in (?:your |a |the )?browser|"
    r"on the web)|read (?:it )?online|web version|voir en ligne|version en ligne|ver en (?:el )?navegador|"
    r"ver online|im browser|visualizza (?:online|nel browser)|عرض في المتصفح"
)


class _Client(imaplib.IMAP4):
    """An IMAP connection to one checked address; TLS, where a context is given, still verifies the name. It
    ends VISIT seconds after it began, however the server's bytes drip.
    """

    def __init__(self, address: str, host: str, port: int, context: ssl.SSLContext | None) -> None:
        self._address, self._context, self._said = address, context, 0
        super().__init__(host, port, TIMEOUT)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        connected = socket.create_connection((self._address, self.port), timeout)
        self._line = connected.dup()  # what TLS is put over is ours no more
        self._deadline = threading.Timer(VISIT, _hang_up, [self._line])
        self._deadline.daemon = True
        self._deadline.start()
        return self._context.wrap_socket(connected, server_hostname=self.host) if self._context else connected

    def shutdown(self) -> None:
        self._deadline.cancel()
        self._line.close()
        super().shutdown()

    def read(self, size: int) -> bytes:
        """What the server announces as one piece is read into memory: no more than a mail may have."""
        if size > MOST_MAIL:
            raise self.abort(f"the server sends {size} bytes at once")
        self._count(size)
        return super().read(size)

    def readline(self) -> bytes:
        line = super().readline()
        self._count(len(line))
        return line

    def _count(self, size: int) -> None:
        """Unasked, too."""
        self._said += size
        if self._said > MOST_SAID:
            raise self.abort(f"the server sends more than {MOST_SAID // 2**20} MB at a visit")


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError), line:
        line.shutdown(socket.SHUT_RDWR)


class _Unread(MailMessage):
    """A mail as it came. What it says is read elsewhere."""

    def __init__(self, fetch_data: list[Any]) -> None:
        self.content, self._raw_uid_data, self._raw_flag_data = self._get_message_data_parts(fetch_data)


class _MailBox(BaseMailBox):
    email_message_class = _Unread

    def __init__(self, client: _Client) -> None:
        self._made = client
        super().__init__()

    def _get_mailbox_client(self) -> _Client:
        return self._made


def new_mails(
    address: str, password: str, last: dict[str, Any], run: Run, allowed: Collection[str] = ()
) -> tuple[list[Entry], dict[str, Any]]:
    """The mails that came since `last` (what this function gave the time before), as entries, and the new
    `last`. `run` carries out a function that reads one; where it raises BadInput, the entry says so.

    `address` is imaps://USER@HOST[:PORT][/FOLDER]; imap:// without TLS is spoken only to an exempt host
    (`allowed`, host:port). Raises FetchError where the mailbox can't be had, BadInput for another address.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname or not parts.username:
        raise BadInput("a mailbox's address looks like imaps://user@host/INBOX")
    host, port = parts.hostname, parts.port or (993 if parts.scheme == "imaps" else 143)
    if parts.scheme == "imap" and not is_exempt(f"{host}:{port}", allowed):
        raise FetchError("a mailbox is read over TLS only: imaps://…")
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    entries: list[Entry] = []
    try:
        # Only public servers, as for everything that is fetched; and the address that was checked is the one
        # connected to.
        pinned = address_of(host, port, allowed, TIMEOUT)
        box = _MailBox(
            _Client(pinned, host, port, ssl.create_default_context() if parts.scheme == "imaps" else None)
        )
        with box.login(unquote(parts.username), password, initial_folder=folder) as mailbox:
            status = mailbox.folder.status(folder)
            validity, next_uid = int(status["UIDVALIDITY"]), int(status["UIDNEXT"])
            since = newest = (
                int(last.get("uid", 0))
                if last.get("validity") == validity
                else max(0, next_uid - 1 - FIRST_LOOK)
            )
            if next_uid - 1 <= since:
                return [], {"validity": validity, "uid": since}
            fresh = UidRange(str(since + 1), "*")
            large = [int(uid) for uid in mailbox.uids(AND(uid=fresh, size_gt=MOST_MAIL - 1))]
            mails = mailbox.fetch(AND(uid=fresh, size_lt=MOST_MAIL), mark_seen=False, limit=MOST)
            is_all = False
            try:
                for mail in cast("Iterator[_Unread]", mails):
                    uid = int(mail.uid or 0)
                    if uid > since:
                        entries.append(_read_or_told(mail.content, f"{validity}/{uid}", run))
                        newest = max(newest, uid)  # read: what is not comes at the next visit
                is_all = len(entries) < MOST
            finally:
                for uid in large:
                    if since < uid and (uid < newest or is_all):
                        newest = max(newest, uid)
                        entries.append(_told(f"{validity}/{uid}", f"larger than {MOST_MAIL // 2**20} MB"))
    except FetchError:
        raise
    except Exception as error:  # imaplib raises its own `error` for whatever a server answers
        if not entries:
            raise FetchError(f"the mailbox at {host} could not be read ({_in_words(error)})") from None
        log.warning("the mailbox at %s was read in part (%s)", host, _in_words(error))
    return entries, {"validity": validity, "uid": newest}  # the rest at the next visit


def _in_words(error: BaseException) -> str:
    text = str(error)
    return (
        "user or password refused"
        if "AUTHENTICATIONFAILED" in text or "LOGIN" in text
        else f"{type(error).__name__}: {text[:120]}"
    )


def _read_or_told(content: bytes, identity: str, run: Run) -> Entry:
    """A mail; more plainly, where it can't be read, or not in time; or else why not."""
    with suppress(BadInput):
        return run(read_mail, content)
    try:
        return run(read_plainly, content)
    except BadInput as error:
        return _told(identity, str(error))


def _told(identity: str, why: str) -> Entry:
    return Entry(identity, "", f"A mail that can’t be taken: {why}", "", None, None)


def read_mail(content: bytes) -> Entry:
    """A mail (RFC 5322) as an entry."""
    return entry_of(MailMessage.from_bytes(content))


def read_plainly(content: bytes) -> Entry:
    """A mail as an entry, by its plain part, or its HTML without the tags."""
    mail = MailMessage.from_bytes(content)
    return _entry(mail, plain_text_lines(mail.text or "") or plain_text(mail.html or "", MAX_TEXT))


def entry_of(mail: MailMessage) -> Entry:
    """A mail as an entry. Never raises on what a mail contains."""
    markup = (mail.html or "")[:MOST_MARKUP]
    tree = tree_of(tame(markup.encode(errors="replace"))) if markup.strip() else None
    online = _online_address(tree) if tree is not None else ""
    text = (_text_of(tree) if tree is not None else "") or plain_text(markup, MAX_TEXT)
    return _entry(mail, text or plain_text_lines(mail.text or ""), online)


def _entry(mail: MailMessage, text: str, online: str = "") -> Entry:
    message_id = dict(mail.headers).get("message-id", ("",))[0].strip("<> \t\r\n")[:300]
    title = plain_text(mail.subject, 500) or text[:120]
    date = mail.date if mail.date.year > 1995 else None
    offset = date.utcoffset() if date and date.tzinfo else None
    return Entry(
        id=message_id or f"{mail.date_str}{title}",
        url=online or f"mid:{message_id or plain_text(mail.date_str + title, 200)}",
        title=title,
        summary=plain_text(" ".join(text.split())[:400], 400),
        published=(date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC) if date else None,
        language=None,
        utc_offset=round(offset.total_seconds() / 60) if offset is not None else None,
        text=text[:MAX_TEXT],
    )


def plain_text_lines(text: str) -> str:
    """A plain-text mail without quoted lines and the signature, its paragraphs on a line each."""
    body = re.split(r"(?m)^-- ?$", text[: 8 * MAX_TEXT].replace("\r\n", "\n"))[0]
    paragraphs = re.split(
        r"\n\s*\n", "\n".join(line for line in body.splitlines() if not line.startswith(">"))
    )
    return "\n".join(cleaned for p in paragraphs if (cleaned := plain_text(" ".join(p.split()), 8000)))


def _text_of(tree: lxml_html.HtmlElement) -> str:
    try:
        return extract(tree, include_comments=False, favor_recall=True) or ""
    except MemoryError:
        raise
    except Exception:  # extraction is best effort on any bytes
        return ""


def _online_address(tree: lxml_html.HtmlElement) -> str:
    """Where a newsletter can be read on the web, if it says so."""
    for anchor in tree.iter("a"):
        if _ONLINE.search(short_text(anchor, LONGEST_LINK)):
            return canonical_url(anchor.get("href") or "")
    return ""
