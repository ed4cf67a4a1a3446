"""A campaign with its people, for tests."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.test import Client, TestCase

from griot.accounts.factors import vouch_for
from griot.testimonies.access import ROLES
from griot.testimonies.intake.receiving import examine
from griot.testimonies.models import Campaign, Country, Device, Messenger, Testimony
from griot.testimonies.models.campaigns import token_hash

KEY = "a phone's key"


def committed() -> Any:
    """What follows from a commit, at the end of the block: the tests' own transaction is never committed."""
    return TestCase.captureOnCommitCallbacks(execute=True)


def make_campaign() -> Campaign:
    campaign = Campaign.objects.create(
        name="Voices of the Way", slug="voices", countries=["SN", "GN"], languages=["fr", "en", "wo"]
    )
    Country.objects.create(campaign=campaign, code="SN")
    Country.objects.create(campaign=campaign, code="GN")
    return campaign


def make_messenger(campaign: Campaign, country: str = "SN", key: str = KEY, name: str = "Mame") -> Device:
    messenger = Messenger.objects.create(
        team=campaign.teams.get(code=country), name=name, language="fr", state=Messenger.State.ACTIVE
    )
    return Device.objects.create(messenger=messenger, key=token_hash(key))


def user_with(django_user_model: Any, *roles: str, name: str = "") -> Any:
    user = django_user_model.objects.create_user(
        name or "-".join(roles) or "nobody", password="a password of length"
    )
    codes = [ROLES[role].partition(".")[2] for role in roles]  # type: ignore[index]
    user.user_permissions.add(
        *Permission.objects.filter(content_type__app_label="testimonies", codename__in=codes),
        Permission.objects.get(codename="access_admin"),
    )
    return vouch_for(django_user_model.objects.get(pk=user.pk))  # when it acts without a browser


def group_of(role: str) -> Any:
    """The groups that a newsroom begins with for a role in testimonies: one; none for what is no role."""
    right = ROLES.get(role, "")  # type: ignore[call-overload]
    return Group.objects.filter(permissions__codename=right.partition(".")[2])


def as_sent(**changes: Any) -> dict[str, Any]:
    """A testimony as a phone sends it; `consent` and `teller` may be changed in part."""
    consent = {
        "uses": ["team", "web", "mail"],
        "naming": "first_name",
        "place": "region",
        "face": "show",
        "voice": "show",
        "language": "fr",
        "explained": "read",
        "given": "2026-11-01T10:00:00Z",
        "evidence": "signed on paper",
        "is_minor": False,
        **changes.pop("consent", {}),
    }
    teller = {
        "name": "Awa Diop",
        "alias": "Kiné",
        "birth_year": 1990,
        "country": "SN",
        "region": "Dakar",
        "spot": "12 rue des Pêcheurs",
        "latitude": 14.69,
        "longitude": -17.44,
        "left": "Thiès",
        "reached": "Agadez",
        **changes.pop("teller", {}),
    }
    return {
        "id": str(uuid.uuid4()),
        "kind": "interview",
        "language": "fr",
        "told": "2026-11-01T09:00:00Z",
        "teller": teller,
        "answers": {"leaving": "I left at night."},
        "consent": consent,
        **changes,
    }


def say_on_receipt(client: Client, address: str = "/receipt/", **said: Any) -> Any:
    """Send a form of the teller's own page, as the page holds it."""
    return client.post(address, {**of_page(client.get(address)), **said})


def of_page(page: Any) -> dict[str, str]:
    """What the forms of a teller's page say of whose it is, and of what was shown on it."""
    return dict(re.findall(r'name="(of|seen)" value="([^"]*)"', page.content.decode()))


class Phone:
    """A messenger's phone without its screen: speaks the capture API over Django's test client."""

    def __init__(self, key: str = KEY) -> None:
        self.client = Client()
        self.auth = {"HTTP_AUTHORIZATION": f"Bearer {key}"}

    def post(self, path: str, body: Any) -> Any:
        return self.client.post(f"/capture/api/{path}", body, content_type="application/json", **self.auth)

    def get(self, path: str) -> Any:
        return self.client.get(f"/capture/api/{path}", **self.auth)

    def tell(self, **changes: Any) -> Testimony:
        answer = self.post("testimonies/", as_sent(**changes))
        assert answer.status_code in {200, 201}, answer.content
        return Testimony.objects.get(pk=answer.json()["id"])

    def begin(self, testimony: Testimony, content: bytes, pk: str = "", **said: str) -> Any:
        fields = {
            "id": pk or str(uuid.uuid4()),
            "testimony": str(testimony.pk),
            "sha256": hashlib.sha256(content).hexdigest(),
            **said,
        }
        metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in fields.items())
        return self.client.post(
            "/capture/api/uploads/",
            HTTP_TUS_RESUMABLE="1.0.0",
            HTTP_UPLOAD_LENGTH=str(len(content)),
            HTTP_UPLOAD_METADATA=metadata,
            **self.auth,
        )

    def patch(self, url: str, offset: int, piece: bytes, **headers: str) -> Any:
        return self.client.patch(
            url,
            piece,
            content_type="application/offset+octet-stream",
            HTTP_TUS_RESUMABLE="1.0.0",
            HTTP_UPLOAD_OFFSET=str(offset),
            **headers,
            **self.auth,
        )

    def send(self, testimony: Testimony, content: bytes, piece: int = 100_000, **said: str) -> Any:
        """A whole file, examined as the worker would. Gives its row."""
        begun = self.begin(testimony, content, **said)
        assert begun.status_code == 201, begun.content
        for offset in range(0, len(content), piece):
            assert self.patch(begun["Location"], offset, content[offset : offset + piece]).status_code == 204
        pk = begun["Location"].rstrip("/").rpartition("/")[2]
        with committed():
            examine(uuid.UUID(pk))
        return testimony.files.get(pk=pk)
