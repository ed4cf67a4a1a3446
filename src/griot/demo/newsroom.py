"""What the demo newsroom made itself: features, a gallery, a quote, portraits; and its people."""

from __future__ import annotations

import io
import tomllib
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.images import ImageFile
from django.db import transaction

from griot.demo.core.pictures import PICTURES, draw
from griot.demo.core.wire import FOLDER, Wire, load
from griot.digest.models import IssuePage, Newsroom, Picture
from griot.mailing.models import Audience, Subscriber, Subscription
from griot.press.models import Article, Entry, Fetch, Organisation, Outlet, Source, Story
from griot.runtime.state import demo_facts

# Keys of demo/newsroom.toml that say where a piece stands; the others are its block's.
_PLACING = ("kind", "is_before_review")


def current_wire() -> Wire:
    facts = demo_facts()
    return load(facts["port"], datetime.fromisoformat(facts["base"]))


def _written() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "newsroom.toml").read_text("utf-8"))


def seed_people() -> None:
    """The newsroom's name, whom it works for, and its audience."""
    written = _written()
    for row in Newsroom.objects.all():
        for name, value in written["newsroom"].items():
            setattr(row, name, value)
        row.save()
    ours = written["organisation"]
    names = {key: "\n".join(ours[key]) for key in ("names", "spokespeople")}
    Organisation.objects.update_or_create(name=ours["name"], defaults=names)
    listed = written["audience"]
    audience, _ = Audience.objects.get_or_create(slug=listed["slug"], defaults={"name": listed["name"]})
    for name in listed["subscribers"]:
        email = f"{name.lower().replace(' ', '.').replace('ñ', 'n')}@reader.example"
        subscriber, _ = Subscriber.objects.get_or_create(email=email, defaults={"name": name})
        Subscription.objects.get_or_create(audience=audience, subscriber=subscriber)


def seed_sources(wire: Wire) -> None:
    for outlet in wire.outlets.values():
        row, _ = Outlet.objects.update_or_create(
            name=outlet.name,
            defaults={
                "attribution": outlet.attribution,
                "country": outlet.country,
                "language": outlet.language,
                "weight": outlet.weight,
                "is_agency": outlet.is_agency,
                "home_page": f"http://{wire.host(outlet.slug)}/",
            },
        )
        Source.objects.get_or_create(outlet=row, defaults={"url": wire.feed_url(outlet)})


def forget_yesterday() -> None:
    """Clear the demo's last night. Its texts are the same
    every night, so yesterday's would be today's copies.
    """
    with transaction.atomic():
        Entry.objects.all().delete()
        Fetch.objects.all().delete()
        Article.objects.all().delete()
        Story.objects.all().delete()
        Source.objects.update(
            etag="",
            last_modified="",
            content_hash="",
            next_fetch=datetime.fromisoformat(demo_facts()["base"]),
        )


def seed_pictures() -> None:
    for name, facts in PICTURES.items():
        if not Picture.objects.filter(title=facts["title"]).exists():
            content = io.BytesIO()
            draw(name).save(content, "JPEG", quality=88)
            content.seek(0)
            Picture.objects.create(
                title=facts["title"],
                description=facts["alt"],
                credit=facts["credit"],
                file=ImageFile(content, name=f"{name}.jpg"),
            )


def dress(issue: IssuePage) -> None:
    """Put the newsroom's own pieces around the press review, publish, and leave a draft to edit.

    Publishing is the demo's stand-in for the duty editor; it happens once a day.
    """
    if issue.live:
        return
    wire, pieces = current_wire(), _written()["pieces"]
    review = [(b.block_type, b.value) for b in issue.body if b.block_type == "press_review"]
    frame = [_block(piece, wire) for piece in pieces]
    after = next(i for i, piece in enumerate(pieces) if "is_before_review" in piece) + 1
    issue.body = [*frame[:after], *review, *frame[after:]]
    issue.summary = f"{pieces[0]['title']} · {issue.summary}"
    revision = issue.save_revision()
    revision.publish(skip_permission_checks=True)
    issue.refresh_from_db()
    issue.save_revision()
    IssuePage.objects.filter(pk=issue.pk).update(has_unpublished_changes=True)


def _block(piece: dict[str, Any], wire: Wire) -> tuple[str, Any]:
    """A piece of demo/newsroom.toml as a block of an issue: its kind, and its value."""
    kind = piece["kind"]
    value = _found({key: v for key, v in piece.items() if key not in _PLACING}, wire)
    if kind == "event":
        day = wire.base + timedelta(days=value.pop("days"))
        value |= {at: datetime.combine(day, value[at], UTC) for at in ("begins", "ends")}
    return kind, value


def _found(written: Any, wire: Wire) -> Any:
    """What is written with the pictures and addresses that it names."""
    if isinstance(written, list):
        return [_found(one, wire) for one in written]
    if not isinstance(written, dict):
        return written
    found = {key: _found(value, wire) for key, value in written.items()}
    if "picture" in found:
        found["picture"] = Picture.objects.get(title=PICTURES[found["picture"]]["title"])
    if "article" in found:
        slug = found.pop("article")
        found["url"] = wire.url(next(a for a in wire.articles if a.slug == slug))
    return found
