"""What is served besides pages: the pictures made for readers, while their rights last."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.static import serve

from griot.digest.core.rendering.typeset import gone_png
from griot.digest.models import PictureRendition
from griot.digest.site.reading import kept

FILE_AGE = 3600  # seconds that others may keep a picture


def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """A rendition by the very name that we gave it, and nothing else below the media folder; or, where the
    picture's rights have ended, a plain card that says so, also in mails long sent.
    """
    rendition = PictureRendition.objects.filter(file=path).select_related("image").first()
    if rendition is None:
        raise Http404("there is no such picture")
    if not rendition.image.may_be_shown:
        png = gone_png(rendition.width, rendition.height)
        return kept(HttpResponse(png, content_type="image/png"), FILE_AGE)
    return kept(serve(request, path, document_root=str(settings.MEDIA_ROOT)), FILE_AGE)
