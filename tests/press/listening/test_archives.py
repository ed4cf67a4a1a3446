"""A newsroom starts with history: web archives, whatever crawlers wrote into them."""

from __future__ import annotations

import gzip
import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from fastwarc.warc import WarcRecord, WarcRecordType

from griot.press.core.progress import silent_progress
from griot.press.listening import archives
from griot.press.listening.archives import backfill
from griot.press.models import Article, Backfill, Outlet

pytestmark = pytest.mark.django_db


def warc(
    path, count: int, packed: bool = True, site: str = "old", odd: tuple[str, bytes] = ("", b"")
) -> None:
    """An archive of `count` invented articles, one page that is none, and one stranger's. The second has an
    odd header, and so odd a body.
    """
    with path.open("wb") as out:
        for n in range(count + 2):
            host = "stranger.example" if n == count + 1 else f"{site}.example"
            text = "".join(
                f"<p>In the year of story {n} the harbour took in {n + 20} people, and paragraph {p} says"
                " what they said.</p>"
                for p in range(6)
            )
            html = (
                f"<html lang=en><head><title>Story {n} of the harbour</title><meta"
                " property='article:published_time'"
                f" content='2025-03-01T08:00:00Z'></head><body><article><h1>Story {n} of the"
                f" harbour</h1>{text}</article></body></html>"
            )
            if n == count:
                html = "<html><title>404 not found</title><body>page not found</body></html>"
            header, body = odd if n == 1 and any(odd) else ("", html.encode())
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{header}\r\n"
            http = head.encode() + body
            record = WarcRecord()
            record.init_headers(WarcRecordType.response)
            record.headers["WARC-Target-URI"] = f"https://{host}/2025/03/story-{n}"
            record.headers["Content-Type"] = "application/http; msgtype=response"
            record.headers["WARC-Date"] = "2025-03-02T08:00:00Z"
            record.set_bytes_content(http)
            raw = io.BytesIO()
            record.write(raw)
            out.write(gzip.compress(raw.getvalue()) if packed else raw.getvalue())


@pytest.mark.parametrize("packed", [True, False])
def test_an_archive_is_read_once_and_goes_on_where_it_was(tmp_path, packed, capsys):
    Outlet.objects.create(name="Old Times", home_page="https://www.old.example/")
    path = tmp_path / ("old.warc.gz" if packed else "old.warc")
    warc(path, 120, packed)
    call_command("backfill", str(tmp_path))
    said = capsys.readouterr().out
    assert "articles 120" in said and "kept out 1" in said and "strangers 1" in said
    article = Article.objects.first()
    assert (article.read_from, article.published_from, article.in_window) == ("archive", "meta", False)
    state = Backfill.objects.get()
    assert state.finished and state.articles == 120

    half = Article.objects.order_by("pk")[60:]
    Article.objects.filter(pk__in=[a.pk for a in half]).delete()
    Backfill.objects.update(finished=None, offset=0, articles=60)  # as a kill would have left it
    call_command("backfill", str(path))
    assert Article.objects.count() == 120
    call_command("backfill", str(path))
    assert "articles 0" in capsys.readouterr().out.splitlines()[-1]


def test_two_archives_of_one_name_and_size_are_both_read(tmp_path):
    for year, site in (("2024", "old"), ("2025", "new")):
        Outlet.objects.create(name=site, home_page=f"https://{site}.example/")
        (tmp_path / year).mkdir()
        warc(tmp_path / year / "x.warc", 3, site=site)
    call_command("backfill", str(tmp_path))
    assert {a.outlet.name for a in Article.objects.all()} == {"old", "new"}


def test_an_archive_whose_name_is_no_text_is_told_of(tmp_path):
    path = tmp_path / "\udcff.warc"
    path.write_bytes(b"")
    with pytest.raises(CommandError, match="no text") as told:
        call_command("backfill", str(tmp_path))
    assert told.value.returncode == 2


def test_a_broken_archive_keeps_what_stands_before_the_break(tmp_path):
    Outlet.objects.create(name="Old Times", home_page="https://old.example/")
    path = tmp_path / "old.warc.gz"
    warc(path, 20)
    path.write_bytes(path.read_bytes()[:-200] + b"\x1f\x8bgarbage" * 30)
    try:
        call_command("backfill", str(path))
    except CommandError as error:
        assert "broken after byte" in str(error) and error.returncode == 2
    assert Article.objects.count() >= 18
    with pytest.raises(CommandError, match="there is no such file"):
        call_command("backfill", str(tmp_path / "none.warc"))


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    "odd",
    [
        ("Content-Encoding: gzip\r\n", b"<html>"),
        ("Content-Encoding: gzip\r\n", gzip.compress(b"<html>" * 1000)[:20]),
        ("Content-Encoding: br\r\n", b"<html>"),
        ("Content-Encoding: zstd\r\n", b"<html>"),
        ("Transfer-Encoding: chunked\r\n", b"<html>"),
        ("Transfer-Encoding: chunked\r\n", b"zz\r\n<html>"),
        (f"X: {'y' * 200_000}\r\n", b"<html>"),
    ],
    ids=["no gzip", "half a gzip", "no brotli", "unknown", "no chunks", "no size", "a long header"],
)
def test_a_record_that_can_not_be_read_keeps_none_behind_it(tmp_path, packed, odd):
    Outlet.objects.create(name="Old Times", home_page="https://old.example/")
    path = tmp_path / "old.warc"
    warc(path, 3, packed, odd=odd)
    assert backfill([path], silent_progress).articles == 2
    assert {url[-1] for url in Article.objects.values_list("url", flat=True)} == {"0", "2"}


class Killed(BaseException):
    pass


@pytest.mark.parametrize("packed", [True, False])
def test_stopped_again_and_again_it_goes_on_where_it_was(tmp_path, monkeypatch, packed):
    monkeypatch.setattr(archives, "BATCH", 2)
    Outlet.objects.create(name="Old Times", home_page="https://old.example/")
    path = tmp_path / "old.warc"
    warc(path, 11, packed)

    def kill(name, offset, size):
        if offset < size:
            raise Killed

    for _ in range(4):
        with pytest.raises(Killed):
            backfill([path], kill)
    backfill([path], silent_progress)
    assert Article.objects.count() == 11 == Backfill.objects.get().articles
