"""The mailing's rooms in the admin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.menu import Menu, SubmenuMenuItem
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from griot.accounts.first_steps import Step
from griot.accounts.guarding import GuardedItem, Rule, guard, has, opens
from griot.accounts.panels import Panel
from griot.accounts.viewsets import OwnFieldsViewSet
from griot.digest.models import IssuePage
from griot.mailing import rooms, views
from griot.mailing.models import Audience, Delivery, Send, Subscriber, Subscription
from griot.mailing.panels import Mail
from griot.mailing.scheduling import not_begun
from griot.mailing.sending import TAKEN_BACK

# Who reads us, and where, is theirs to tell: besides the permission, a second factor.
guard(
    {
        "mailing": Rule(has("mailing.add_send")),
        **dict.fromkeys(("audiences", "subscribers", "subscriptions"), Rule()),
    }
)


class AudienceViewSet(OwnFieldsViewSet):
    model = Audience
    icon = "group"
    form_fields = ["name", "language"]
    list_display = ["name", "language"]


class SubscriberViewSet(OwnFieldsViewSet):
    model = Subscriber
    icon = "user"
    form_fields = ["email", "name", "second_language"]
    list_display = ["email", "name", "second_language"]
    search_fields = ["email", "name"]


class SubscriptionViewSet(OwnFieldsViewSet):
    model = Subscription
    icon = "list-ul"
    form_fields = ["audience", "subscriber", "ended"]
    list_display = ["subscriber", "audience", "since", "ended"]
    list_filter = ["audience"]


_viewsets: list[ModelViewSet] = [
    AudienceViewSet("audiences"),
    SubscriberViewSet("subscribers"),
    SubscriptionViewSet("subscriptions"),
]


@hooks.register("register_admin_viewset")
def viewsets() -> list[ModelViewSet]:
    return _viewsets


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    patterns = [
        path("", views.sends, name="sends"),
        path("send/<int:issue_id>/", rooms.send, name="send"),
        path("send/<int:issue_id>/subject/", rooms.subject, name="subject"),
        path("send/<int:issue_id>/proof/", rooms.proof, name="proof"),
        path("send/<int:issue_id>/mail/", rooms.as_read, name="as_read"),
        path("send/<int:issue_id>/mail/html/", rooms.as_read_html, name="as_read_html"),
        path("schedules/<int:schedule_id>/cancel/", rooms.cancel, name="cancel"),
        path("corrections/<int:pk>/", views.correction, name="correction"),
        path("sends/<int:send_id>/", views.send_status, name="send_status"),
        path("sends/<int:send_id>/settle/", views.settle, name="settle"),
        path("outbox/", views.outbox, name="outbox"),
        path("outbox/<str:name>/", views.outbox_mail, name="outbox_mail"),
        path("outbox/<str:name>/html/", views.outbox_html, name="outbox_html"),
    ]
    return [path("mailing/", include((patterns, "mailing")))]


@hooks.register("register_admin_menu_item")
def menu() -> SubmenuMenuItem:
    items = [
        GuardedItem("Sends", reverse("mailing:sends"), icon_name="mail", order=1),
        GuardedItem("Outbox", reverse("mailing:outbox"), icon_name="folder-open-inverse", order=2),
        *(v.get_menu_item(order=10 + i) for i, v in enumerate(_viewsets)),
    ]
    return SubmenuMenuItem("Mailing", Menu(items=items), icon_name="mail", order=300)


@hooks.register("construct_homepage_panels")
def panel(request: HttpRequest, panels: list[Panel]) -> None:
    if request.user.has_perm("mailing.add_send"):
        panels.append(Mail())


@hooks.register("griot_first_steps")
def first_steps(user: Any) -> list[Step]:
    return [
        Step(
            40,
            "An audience with a first subscriber",
            Subscription.objects.exists(),
            "mailing.add_subscription",
            rooms.where_to_subscribe(),
            "A list of readers in one language, then a subscriber, then the subscription of both; begin with"
            " yourself.",
        ),
        Step(
            60,
            "A mail server",
            bool(settings.EMAIL_URL),
            "auth.add_user",
            "",
            "Until EMAIL_URL and GRIOT_MAIL_FROM are set on the server (docs/settings.md), mails lie in the"
            " outbox.",
        ),
    ]


@hooks.register("register_page_header_buttons")
def header_button(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Any:
    path = reverse("mailing:send", args=[page.pk])
    if isinstance(page.specific_deferred, IssuePage) and opens(user, path):
        yield Button("Send by e-mail", path, icon_name="mail", priority=5)


class SendMenuItem(ActionMenuItem):
    name = "action-send-issue"
    label = "Send by e-mail …"
    icon_name = "mail"

    def is_shown(self, context: dict[str, Any]) -> bool:
        page = context.get("page")
        return (
            isinstance(page, IssuePage)
            and page.live
            and opens(context["request"].user, self.get_url(context))
        )

    def get_url(self, context: dict[str, Any]) -> str:
        return reverse("mailing:send", args=[context["page"].pk])


@hooks.register("register_page_action_menu_item")
def action() -> ActionMenuItem:
    return SendMenuItem(order=900)


@hooks.register("after_unpublish_page")
def its_mails_are_off_too(request: HttpRequest, page: Any) -> None:
    """Whoever takes an issue off is told that it goes out to nobody any more."""
    sends = Send.objects.filter(issue__translation_key=page.translation_key, is_correction=False)
    for send in sends.filter(issue__live=False):
        waiting = send.deliveries.filter(state__in=(Delivery.State.QUEUED, Delivery.State.CLAIMED)).count()
        address = reverse("mailing:send_status", args=[send.pk])
        if waiting and opens(request.user, address):
            said = f"Its mails to “{send.audience}” are stopped: {waiting} had not left."
            messages.warning(request, said, buttons=[messages.button(address, "What became of them")])
    _say_what_was_not_sent(request, page, "Nor will it be sent to {}: plan that anew once it is out again.")


@hooks.register("after_bulk_action")
def mails_of_several_are_off_too(request: HttpRequest, action: str, pages: Any, _: Any) -> None:
    for page in pages if action == "unpublish" else ():
        its_mails_are_off_too(request, page.specific)


@hooks.register("after_publish_page")
def some_have_not_got_it(request: HttpRequest, page: Any) -> None:
    """It was off when it was to be sent, and is out again: whose turn had come are still without it."""
    if not IssuePage.objects.filter(pk=page.pk, live=True).exists():  # it is planned
        return
    issues = Send.objects.filter(issue__translation_key=page.translation_key, is_correction=False)
    for send in issues.filter(issue__live=True):
        count = send.deliveries.filter(state=Delivery.State.SKIPPED, reply=TAKEN_BACK).count()
        address = reverse("mailing:send_status", args=[send.pk])
        if count and opens(request.user, address):
            button = messages.button(address, "Send it to them")
            messages.warning(request, f"{count} of “{send.audience}” have not got it.", buttons=[button])
    _say_what_was_not_sent(request, page, "It was to be sent to {}, and was not.", "Send it, or plan it")


def _say_what_was_not_sent(request: HttpRequest, page: Any, words: str, act: str = "Send by e-mail") -> None:
    if not isinstance(page, IssuePage) or page.is_edition:
        return
    address = reverse("mailing:send", args=[page.pk])
    lacking = {f"“{row.audience}”" for row in not_begun(page)}
    if lacking and opens(request.user, address):
        said = words.format(", ".join(sorted(lacking)))
        messages.warning(request, said, buttons=[messages.button(address, act)])
