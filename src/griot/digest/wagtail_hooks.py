"""Our look in the admin, and the duty editor's first panel."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from griot.accounts.first_steps import Step
from griot.accounts.guarding import OF_THE_VIEW, GuardedItem, Rule, guard, has, opens
from griot.accounts.panels import Panel
from griot.accounts.viewsets import OwnFieldsViewSet
from griot.digest import rooms
from griot.digest.desk import views
from griot.digest.desk.sharing import sharing_context
from griot.digest.models import DigestIndexPage, IssueFrame, IssuePage, Theme
from griot.digest.page_menu import note_what_is_out, only_what_is_done, say_what_is_off
from griot.digest.release.approving import standing_of, why_not
from griot.digest.release.editions import to_translate
from griot.digest.rooms import may_publish_now
from griot.digest.site.making import NIGHT, making
from griot.digest.site.newsroom import newsroom
from griot.press.models import Article, Fetch, Notice, Source

NAMELESS = "Griot"  # what a newsroom is called that has given itself no name
guard(dict.fromkeys(("desk", "digest"), Rule(has("digest.change_issuepage"), factor=False)))
guard(dict.fromkeys(("themes", "issue_frames"), OF_THE_VIEW))
# What takes a page away from its readers, or keeps it from them: of an archive, all of its issues.
TAKES_AWAY = [
    f"wagtailadmin_pages:{act}"
    for act in ("delete", "move", "move_confirm", "revisions_unschedule", "set_privacy", "unpublish")
]
guard(dict.fromkeys(TAKES_AWAY, Rule(rows=lambda user: all_but_fronts(user))))


def all_but_fronts(user: Any) -> QuerySet[Page]:
    return Page.objects.all() if user.is_superuser else Page.objects.not_exact_type(DigestIndexPage)


@hooks.register("construct_main_menu")
def without_documents(request: HttpRequest, items: list[MenuItem]) -> None:
    items[:] = [item for item in items if item.name != "documents"]


hooks.register("construct_page_action_menu", only_what_is_done, order=1000)  # after those that add to it


@hooks.register("construct_translated_pages_to_cascade_actions")
def says_that_editions_go(pages: list[Page], action: str) -> dict[Page, list[Any]]:
    """Who takes an issue off is told how many editions go with it (`signals.forget_what_was_shown`)."""
    issues = [page for page in pages if isinstance(page, IssuePage) and not page.is_edition]
    return {page: list(page.get_translations().live()) for page in issues if action == "unpublish"}


@hooks.register("before_unpublish_page")
def notes_what_is_out(request: HttpRequest, page: Page) -> None:
    note_what_is_out(request, [page])


hooks.register("after_unpublish_page", say_what_is_off)


@hooks.register("before_bulk_action")
def notes_what_of_several_is_out(request: HttpRequest, action: str, pages: Any, _: Any) -> None:
    if action == "unpublish":
        note_what_is_out(request, pages)


@hooks.register("after_bulk_action")
def says_what_of_several_is_off(request: HttpRequest, action: str, pages: Any, _: Any) -> None:
    for page in pages if action == "unpublish" else ():
        say_what_is_off(request, page)


@hooks.register("after_publish_page")
def some_editions_are_off(request: HttpRequest, page: Any) -> None:
    """An issue comes back by itself: whoever publishes it is told which of its editions were out before."""
    if isinstance(page, IssuePage) and page.live and not page.is_edition:
        off = page.get_translations().filter(live=False, first_published_at__isnull=False)
        buttons = [
            messages.button(reverse("wagtailadmin_pages:edit", args=[edition.pk]), str(edition.locale))
            for edition in off.select_related("locale")
        ]
        if buttons:
            messages.warning(request, "It is still off in other languages: publish each.", buttons=buttons)


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("griot/admin.css"))


@hooks.register("insert_global_admin_js")
def editor_js() -> str:
    return format_html('<script src="{}"></script>', static("griot/editor.js"))


def issue_of_today() -> IssuePage | None:
    return IssuePage.objects.filter(day=timezone.localdate(), language=settings.LANGUAGE_CODE).first()


class ThisMorning(Panel):
    """Today's issue, and whether the press was heard."""

    template_name = "digest/this_morning.html"
    order = 20

    class Media:
        js = ("griot/making.js",)

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        since, user = timezone.now() - NIGHT, parent_context["request"].user
        last = Fetch.objects.filter(at__gt=since).order_by("source_id", "-at").distinct("source_id")
        has_sources = Source.objects.filter(is_active=True).count()
        issue = issue_of_today()
        standing, more = standing_of(issue) if issue else ("", "")
        return {
            "issue": issue,
            "making": making(),
            "may_edit": issue and issue.permissions_for_user(user).can_edit(),
            "may_publish": issue and may_publish_now(issue, user),
            "may_correct": issue and issue.live and issue.permissions_for_user(user).can_publish(),
            "standing": standing,
            "more": more,
            "may_decide": (may_decide := opens(user, reverse("desk:desk"))),
            **(sharing_context(user) if may_decide else {}),
            "may_make": has_sources and opens(user, reverse("digest:make_now")),
            "may_listen": opens(user, reverse("press:find_sources")),
            "may_look": opens(user, reverse("press:ledger")),
            "sources": has_sources,
            "articles": (count := Article.objects.filter(published__gt=since).count()),
            "has_news": bool(count or issue),
            "notices": Notice.objects.filter(is_over=False)[:6],
            "failing": [
                f for f in last.select_related("source__outlet") if f.outcome == Fetch.Outcome.FAILED
            ],
        }


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    patterns = [
        path("", views.desk, name="desk"),
        path("rows/", views.rows, name="rows"),
        path("story/<int:pk>/", views.story, name="story"),
        path("wordings/<int:pk>/", views.wordings, name="wordings"),
        path("article/<int:pk>/", views.article, name="article"),
        path("act/", views.do, name="act"),
        path("pulse/", views.pulse, name="pulse"),
        path("shift/", views.shift, name="shift"),
        path("translate/<int:pk>/", views.translate, name="translate"),
        path("glosses/", views.glosses, name="glosses"),
    ]
    issue = [
        path("making/", rooms.making_room, name="making"),
        path("make-now/", rooms.make_now, name="make_now"),
        path("states/<int:pk>/", rooms.states_room, name="states"),
        path("preflight/<int:pk>/", rooms.preflight_room, name="preflight"),
        path("submit/<int:pk>/", rooms.submit_room, name="submit"),
        path("publish/<int:pk>/", rooms.publish_room, name="publish"),
        path("preflight/<int:pk>/mend/", rooms.mend_room, name="mend"),
        path("preflight/<int:pk>/answer/", rooms.answer_room, name="answer"),
        path("editions/<int:pk>/", rooms.editions_room, name="editions"),
        path("carry-over/", rooms.carry_over, name="carry_over"),
        path("correct/<int:pk>/", rooms.correct, name="correct"),
        path("corrections/<int:pk>/take-back/", rooms.take_back_correction, name="take_back_correction"),
    ]
    return [path("desk/", include((patterns, "desk"))), path("issues/", include((issue, "digest")))]


@hooks.register("register_page_header_buttons")
def issue_buttons(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Any:
    if isinstance(page.specific_deferred, IssuePage) and user.has_perm("digest.change_issuepage"):
        yield Button("Pre-flight", reverse("digest:preflight", args=[page.pk]), icon_name="check", priority=3)
        if page.live and page.permissions_for_user(user).can_publish():
            yield Button(
                "Correct", reverse("digest:correct", args=[page.pk]), icon_name="warning", priority=6
            )


@hooks.register("after_edit_page")
def what_comes_next(request: HttpRequest, page: Any) -> Any:
    """Who has submitted or approved an issue in its editor is led to what comes next."""
    is_asked = {"action-submit", "action-workflow-action", "action-restart-workflow"} & set(request.POST)
    if isinstance(page, IssuePage) and is_asked and request.accepts("text/html"):
        return redirect("digest:preflight", page.pk)
    return None


@hooks.register("before_publish_page")
def only_what_may_go_out(request: HttpRequest, page: Any) -> Any:
    """An issue that the pre-flight blocks, or that nobody else has approved, is not published, nor a front
    page by whoever is no administrator; the draft is kept.
    """
    if isinstance(page.specific_deferred, DigestIndexPage) and (reason := page.why_not_by(request.user)):
        messages.error(request, f"Saved as a draft, not published. {reason}")
        return redirect("wagtailadmin_pages:edit", page.pk)
    if isinstance(page.specific_deferred, IssuePage) and (reason := why_not(page.specific)):
        messages.error(request, f"Saved as a draft, not published. {reason}")
        return redirect("digest:preflight", page.pk)
    return None


@hooks.register("before_copy_page")
def one_issue_a_day(request: HttpRequest, page: Any) -> Any:
    if isinstance(page.specific_deferred, IssuePage | DigestIndexPage):
        messages.error(
            request,
            "An issue is of one day, and is not copied: begin a new one, or carry its lines over. Nor is a"
            " language's front page.",
        )
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None


@hooks.register("register_admin_menu_item")
def desk_item() -> MenuItem:
    return GuardedItem("Desk", reverse("desk:desk"), icon_name="edit", order=10)


class ThemeViewSet(OwnFieldsViewSet):
    model = Theme
    icon = "tag"
    form_fields = ["name", "slug", "names", "query"]
    list_display = ["name", "slug"]
    add_to_settings_menu = True


class IssueFrameViewSet(OwnFieldsViewSet):
    model = IssueFrame
    icon = "copy"
    list_display = ["name", "weekdays"]
    add_to_settings_menu = True
    form_fields = ["name", "weekdays", "body"]


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    return [ThemeViewSet("themes"), IssueFrameViewSet("issue_frames")]


class Editions(Panel):
    """Those of the last days, for whoever translates or publishes them."""

    template_name = "digest/editions.html"
    order = 22

    def __init__(self, user: Any) -> None:
        self.rows, self.user = to_translate(user), user
        self.issue = None if self.rows else issue_of_today()

    @property
    def is_needed(self) -> bool:
        """Where there are editions, or may be: somebody may translate, and nobody has made them."""
        if self.issue is None:
            return bool(self.rows)
        fronts = DigestIndexPage.objects.exclude(locale__language_code=settings.LANGUAGE_CODE)
        return any(front.permissions_for_user(self.user).can_edit() for front in fronts)

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        may_make = self.issue and opens(self.user, reverse("digest:preflight", args=[self.issue.pk]))
        return {"rows": self.rows, "issue": self.issue, "may_make": may_make}


@hooks.register("griot_first_steps")
def first_steps(user: Any) -> list[Step]:
    ours = newsroom()
    return [
        Step(
            10,
            "The newsroom’s name and sign, and where readers write to",
            ours.name != NAMELESS and bool(ours.contact),
            "digest.change_newsroom",
            reverse("wagtailsettings:edit", args=["digest", "newsroom", ours.site_id]),
            "They stand in every issue and mail.",
        ),
        Step(
            70,
            "The first issue",
            IssuePage.objects.exclude(first_published_at=None).exists(),
            "digest.change_issuepage",
            reverse("desk:desk"),
            "Choose its lines at the desk, look at the pre-flight, submit it; publish it once approved.",
        ),
    ]


@hooks.register("construct_homepage_panels")
def first_panel(request: HttpRequest, panels: list[Panel]) -> None:
    panels.append(ThisMorning())
    if (editions := Editions(request.user)).is_needed:
        panels.append(editions)
