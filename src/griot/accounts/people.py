"""Who does what here, whom to ask, and inviting a colleague."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from griot.accounts.house import house_name, house_sender
from griot.accounts.requests import SignedIn
from griot.accounts.roles import ROLES, accounts
from griot.queueing import soon

DOES = {role.name: role.does for role in ROLES}


def team(request: SignedIn) -> HttpResponse:
    """Every role with what it does and who has it, for all who sign in here."""
    people = accounts()
    rows = [
        {
            "name": group.name,
            "does": DOES.get(group.name, "Made by this newsroom."),
            "people": _listed(account for account in people if group in account.groups.all()),
        }
        for group in _in_order(Group.objects.all())
    ]
    return render(
        request,
        "accounts/team.html",
        {
            "rows": rows,
            "administrators": _listed(account for account in people if account.is_superuser),
            "roleless": _listed(a for a in people if not a.is_superuser and not a.groups.all()),
            "invited": [account for account in people if account.last_login is None],
        },
    )


def _listed(people: Iterable[Any]) -> str:
    return ", ".join(account.get_full_name() or account.get_username() for account in people)


def _in_order(groups: Iterable[Group]) -> list[Group]:
    """Our roles as they stand in their table, then those that the newsroom has made itself."""
    place = {name: at for at, name in enumerate(DOES)}
    return sorted(groups, key=lambda group: (place.get(group.name, len(place)), group.name))


class InvitationForm(forms.Form):
    """A colleague's address and name, and the roles that they get."""

    email = forms.EmailField(label="E-mail", max_length=150, help_text="They sign in with it.")
    first_name = forms.CharField(max_length=150)
    last_name = forms.CharField(max_length=150, required=False)
    roles = forms.ModelMultipleChoiceField(
        Group.objects.order_by("pk"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role: without one an account may do nothing."},
    )

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        found = get_user_model().objects.annotate(low=Lower("email"), name=Lower("username"))
        if known := found.filter(Q(low=email) | Q(name=email)).first():
            raise forms.ValidationError(
                f"{known.get_full_name() or known.get_username()} has an account with this address."
            )
        return email


def invite(request: SignedIn) -> HttpResponse:
    """An account for a colleague, who is sent a link to choose a password."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        with transaction.atomic():
            user = get_user_model()(
                username=facts["email"],
                email=facts["email"],
                first_name=facts["first_name"],
                last_name=facts["last_name"],
            )
            user.set_unusable_password()
            user.save()
            user.groups.set(facts["roles"])
            log(instance=user, action="wagtail.create", user=request.user)
            _send(user, request.user)
        messages.success(request, f"{user.get_full_name()} is invited: {_where()}.")
        return redirect("team")
    chosen = set(request.POST.getlist("roles"))
    roles = [
        {"group": group, "does": DOES.get(group.name, ""), "is_chosen": str(group.pk) in chosen}
        for group in _in_order(Group.objects.all())
    ]
    return render(request, "accounts/invite.html", {"form": form, "roles": roles})


@require_POST
def invite_again(request: SignedIn, pk: int) -> HttpResponse:
    """Another link for somebody who has not come yet; it works as long as the first."""
    user = get_object_or_404(get_user_model(), pk=pk, is_active=True, last_login=None)
    _send(user, request.user)
    messages.success(request, f"{user.get_full_name() or user.get_username()} is invited again: {_where()}.")
    return redirect("team")


def _where() -> str:
    """Where the mail of an invitation goes, in words."""
    if settings.EMAIL_URL:
        return "a mail with a link is on its way"
    return "the mail with the link lies in the outbox, since this newsroom has no mail server yet"


def _send(user: Any, by: Any) -> None:
    soon("accounts.invite", f"invite {user.pk}", user=user.pk, by=by.get_full_name() or by.get_username())


def send_invitation(pk: int, by: str) -> None:
    """Mail the link by which somebody chooses their first password; whoever has come since gets none."""
    user = get_user_model().objects.filter(pk=pk, is_active=True, last_login=None).first()
    if user is None or not user.email:
        return
    uid, token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
    facts = {
        "user": user,
        "by": by,
        "newsroom": house_name(),
        "link": settings.PUBLIC_URL + reverse("wagtailadmin_password_reset_confirm", args=[uid, token]),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
        "roles": ", ".join(user.groups.values_list("name", flat=True)),
        "sign_in": settings.PUBLIC_URL + reverse("account_login"),
    }
    text = render_to_string("accounts/invitation.txt", facts)
    send_mail(f"{by} invites you to {house_name()}", text, house_sender(), [user.email])
