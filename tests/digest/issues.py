"""An issue with every block, for tests."""

from __future__ import annotations

import io
from datetime import date

from django.core.files.images import ImageFile
from PIL import Image
from wagtail.models import Locale

from griot.digest.models import DigestIndexPage, IssuePage, Picture


def make_picture(title: str = "A picture") -> Picture:
    content = io.BytesIO()
    Image.new("RGB", (1400, 900), (168, 67, 31)).save(content, "JPEG")
    content.seek(0)
    return Picture.objects.create(
        title=title, description="A plain red field", credit="AFP/Somebody", file=ImageFile(content, name="red.jpg")
    )


def make_issue(language: str = "en", day: date = date(2018, 12, 12), live: bool = True) -> IssuePage:
    picture = make_picture()

    def link(words: str) -> dict[str, str]:
        return {"words": words, "url": "https://outlet.example/story"}

    issue = IssuePage(
        title="Migrants as Messengers", slug=str(day), day=day, locale=Locale.objects.get(language_code=language), live=live, summary="Communities meet & discuss",
        body=[
            ("feature", {"title": "Communities Meet to Share", "picture": picture, "dateline": "Dakar (IPS)",
                         "text": '<p>Communities have been <a href="https://x.example/">meeting</a>.</p><p>The film is followed by a debate.</p>',
                         "link": link("Read here")}),
            ("gallery", {"title": "A Year in Pictures: Migration", "pictures": [
                {"picture": picture, "source": "TIME", "caption": "A group climbs the fence.", "link": link("Click here for more images")}]}),
            ("banner", {"picture": picture, "url": ""}),
            ("quote", {"text": "I must protect it because it represents the tribe.", "name": "Abdul Jabar Dimalna",
                       "journey": "Displaced from Marawi City to Lanao del Norte, Philippines", "picture": None,
                       "link": link("Click here for more Holding On stories")}),
            ("portrait", {"picture": picture, "name": "Barbara and Chaqir", "text": "Being different is not something bad.", "link": link("Read more")}),
            ("press_review", {"title": "", "lines": [
                {"outlets": [{"name": "The Gulf Today", "url": "https://g.example/1"}, {"name": "MENAFN", "url": "https://m.example/1"}],
                 "body": "reported that 57 <b>people</b> & others agreed.", "mention": "It cited Passage Network figures.", "story": None},
                {"outlets": [{"name": f"Outlet {c}", "url": f"https://{c}.example/"} for c in "abcdef"], "body": "reported that all agree.",
                 "mention": "", "story": None}]}),
            ("share", {}),
        ],
    )  # fmt: skip
    DigestIndexPage.objects.get(locale=issue.locale).add_child(instance=issue)
    if live:
        issue.save_revision().publish()
        issue.refresh_from_db()
    return issue
