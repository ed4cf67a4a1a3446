import sys

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.utils.translation import get_language, get_language_from_request
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from griot.digest.core.rendering.web import render_message
from griot.digest.site import offering, receipts, stories
from griot.digest.site import views as digest
from griot.digest.site.making import making_now
from griot.digest.site.newsroom import absolute, our_name
from griot.digest.site.reading import sitemap, was_taken_off
from griot.digest.site.signs import sign
from griot.locking import is_database_away
from griot.mailing import views as mailing
from griot.press import views as press
from griot.testimonies.intake.phone import phone_app
from griot.testimonies.showing import media


def robots(request: HttpRequest) -> HttpResponse:
    rules = (
        "User-agent: *\nDisallow: /admin/\nDisallow: /unsubscribe/\nDisallow: /receipt/\nDisallow:"
        f" /capture/\nDisallow: /odk/\n\nSitemap: {absolute('/sitemap.xml')}\n"
    )
    return HttpResponse(rules, content_type="text/plain")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What never was, or, of an issue that was taken off, that it was."""
    word, status = ("taken_off", 410) if was_taken_off(request.path) else ("not_found", 404)
    return HttpResponse(render_message(word, our_name(), get_language() or "en"), status=status)


def unfit(request: HttpRequest, exception: Exception) -> HttpResponse:
    language = get_language_from_request(request, check_path=True)
    return HttpResponse(render_message("unfit_address", our_name(), language), status=400)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token, as of a browser that keeps no cookies."""
    return HttpResponse(render_message("refused_form", our_name(), get_language() or "en"), status=403)


def gone_wrong(request: HttpRequest) -> HttpResponse:
    """An error of ours, in words; while the database is started again (seconds): 503, when to come back."""
    name, language = settings.WAGTAIL_SITE_NAME, get_language() or "en"  # the database may be why
    if (error := sys.exception()) and is_database_away(error):
        message = render_message("back_in_a_moment", name, language)
        again = {"Refresh": "5"} if request.method == "GET" else {}
        return HttpResponse(message, status=503, headers={"Retry-After": "5", **again})
    return HttpResponse(render_message("gone_wrong", name, language), status=500)


handler400, handler404, handler500 = unfit, not_found, gone_wrong

urlpatterns = [
    path("admin/", include("griot.accounts.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("capture/api/", include("griot.testimonies.intake.urls")),
    path("odk/", include("griot.testimonies.intake.odk_urls")),
    path("capture/", phone_app, name="phone_app"),
    path("capture/<path:name>", phone_app),
    path("press/push/<slug:name>/", press.push, name="push"),
    path("press/hub/<int:pk>/<str:word>/", press.hub, name="hub"),
    re_path("^press/(?:push|hub)/", press.unknown),
    path("unsubscribe/<str:token>/", mailing.unsubscribe, name="unsubscribe"),
    path("robots.txt", robots),
    path("sitemap.xml", sitemap),
    path("favicon.ico", RedirectView.as_view(url="/sign/")),
    path("sign/", sign),
    path("sign/<int:side>.png", sign),
    # Only what was made for readers, while its rights last; uploaded originals, with all they carry, are not
    # served.
    re_path(r"^media/(?P<path>images/.+)$", digest.picture, name="picture"),
    path("stories/media/<slug:use>/<slug:word>/", media.rendition, name="rendition"),
    path("stories/media/<slug:use>/<slug:word>/<str:part>", media.rendition, name="rendition_part"),
    *i18n_patterns(
        path("receipt/", receipts.receipt, name="receipt"),
        path("stories/", stories.stories, name="stories"),
        path("stories/offer/", offering.offer, name="offer"),
        path("stories/feed/", stories.stories_feed, name="stories_feed"),
        path("stories/<slug:slug>/", stories.story, name="story"),
        path("stories/<slug:slug>/card/", stories.card, name="story_card"),
        path("stories/<slug:slug>/subtitles.vtt", stories.subtitles, name="story_subtitles"),
        path("making/", making_now, name="making"),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]
