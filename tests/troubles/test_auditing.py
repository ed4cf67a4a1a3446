"""`./griot audit`: each weakness is made, told in words with what to do, and gone when it is mended."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pyrage import x25519

from griot.testimonies.core.media.vault import VaultError
from griot.testimonies.keeping import vault
from griot.testimonies.models import CheckIn, Consent, Country, Device, File, Messenger, Testimony
from griot.troubles import auditing, weaknesses
from griot.troubles.auditing import audit, audited, is_urgent
from griot.troubles.models import Trouble
from tests.support import words
from tests.testimonies.people import Phone, make_campaign, make_messenger, user_with

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=400)


@pytest.fixture
def strong(site, django_user_model, settings, tmp_path):
    """A newsroom in which nothing is weak but what a test makes so."""
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir(mode=0o711)
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.DEMO = {"port": 1}
    for user in django_user_model.objects.all():
        user.last_login = timezone.now()
        user.save()
        Authenticator.objects.create(user=user, type="totp", data={})
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    (settings.VAR / "pip-audit.json").write_text('{"dependencies": []}')
    assert audit() == []
    return settings


def told() -> str:
    return "\n".join(f"{'URGENT ' if is_urgent(m) else ''}{m.msg} → {m.hint}" for m in audit())


def test_accounts(strong, django_user_model):
    editor = user_with(django_user_model, "editor", name="edith")
    django_user_model.objects.create_superuser("root", "r@a.example", "a password of length")
    assert "URGENT Administrators without a second factor: root →" in told()
    assert "Accounts without a second factor: edith" in told() and "half a year" not in told()
    django_user_model.objects.update(date_joined=timezone.now() - LONG_AGO, last_login=None)
    assert "Nobody has signed in for half a year as: edith, root" in told()
    django_user_model.objects.exclude(pk=editor.pk).update(is_active=False)
    Authenticator.objects.create(user=editor, type="recovery_codes", data={})
    assert "without a second factor: edith" in told(), "recovery codes alone are none"


def test_surroundings(strong):
    strong.PUBLIC_URL, strong.PUBLIC_HOST = "http://news.example", "news.example"
    assert "URGENT http://news.example runs with the settings for one machine" in told()
    strong.EMAIL_URL = "smtp://relay.example"
    assert "Mail goes to relay.example encrypted only where it offers that" in told()
    strong.DATABASES = {"default": {**strong.DATABASES["default"], "HOST": "db.example", "OPTIONS": {}}}
    assert "db.example is not checked (sslmode=prefer)" in told()
    strong.DEMO = {}
    strong.FETCH_ALLOWED = frozenset({"10.0.0.1:80"})
    assert "behind the server may be fetched: 10.0.0.1:80" in told()


def test_keys(strong):
    strong.VAULT_KEYS = strong.VAR / "keys" / "vault"
    strong.VAULT_KEYS.parent.mkdir()
    strong.VAULT_KEYS.write_text("AGE-SECRET-KEY-…")
    strong.VAULT_KEYS.chmod(0o640)
    assert f"URGENT Others on this machine may read {strong.VAULT_KEYS}" in told()
    strong.VAULT_KEYS.chmod(0o600)
    assert "URGENT" not in told() and "The vault’s key lies beside the vault" in told()


def test_a_lost_or_broken_key_is_noticed_before_it_is_needed(strong, tmp_path):
    strong.VAULT, strong.VAULT_KEYS = strong.VAR / "vault", tmp_path / "keys" / "vault"
    assert audit() == [], "nothing is sealed yet"
    vault().put(b"the teller's words")
    assert audit() == []
    right = strong.VAULT_KEYS.read_text()
    for wrong in ("", "AGE-SECRET-KEY-1", "\0\n", str(x25519.Identity.generate())):
        strong.VAULT_KEYS.write_text(wrong)
        assert "URGENT The vault’s newest file can’t be opened" in told(), wrong
    strong.VAULT_KEYS.unlink()
    assert "URGENT The vault’s newest file can’t be opened" in told()
    strong.VAULT_KEYS.write_text(right)
    strong.VAULT_KEYS.chmod(0o600)
    assert audit() == []


def test_a_secret_key_that_others_read_is_told(strong):
    own = strong.VAR / "secret-key"
    own.write_text("x" * 64)
    own.chmod(0o644)
    assert f"URGENT Others on this machine may read {own}" in told()


@pytest.mark.parametrize("said", ["0.0.0.0/0", "10.0.0.0/8", "::/0"])
def test_who_believes_strangers_is_told(strong, said):
    strong.PROXIES = ["127.0.0.1", said]
    assert "URGENT Strangers are believed what they say of their address" in told()
    strong.PROXIES = ["127.0.0.1", "10.1.0.0/16", "::1"]
    assert audit() == []


def test_a_host_that_anybody_names_and_a_key_that_anybody_guesses_are_told(strong):
    strong.ALLOWED_HOSTS = ["news.example", "*"]
    assert "URGENT Whoever asks may name us as they like" in told()
    strong.ALLOWED_HOSTS = [".example"]
    assert audit() == []
    good = strong.SECRET_KEY
    for weak in ("x", "x" * 64, "change me"):
        strong.SECRET_KEY, strong.SECRET_KEY_FALLBACKS = weak, []
        assert "URGENT The secret key, or one from before, can be guessed" in told(), weak
        strong.SECRET_KEY, strong.SECRET_KEY_FALLBACKS = good, [weak]
        assert "URGENT The secret key, or one from before, can be guessed" in told(), weak


@pytest.mark.parametrize("name", ["VAR", "VAULT", "MEDIA_ROOT", "MAILDIR"])
@pytest.mark.parametrize("mode", [0o777, 0o755, 0o730, 0o702])
def test_a_folder_that_others_look_into_is_told(strong, name, mode):
    folder = getattr(strong, name)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(mode)
    assert f"URGENT Others on this machine may look into {folder} → chmod go-rw {folder}" in told()
    folder.chmod(mode & 0o711)
    assert audit() == []


def test_our_own_folders_are_not_told(strong):
    vault().put(b"the teller's words")
    default_storage.save("images/one.png", ContentFile(b"a picture"))
    assert strong.VAULT.exists() and strong.MEDIA_ROOT.exists() and audit() == []


def test_a_public_key_that_is_not_ours_is_told_and_nothing_is_sealed_to_it(strong):
    vault().put(b"the teller's words")
    public = vault().public
    ours = public.read_text()
    for foreign in (str(x25519.Identity.generate().to_public()), "age1", "", "\0"):
        public.write_text(foreign)
        assert "URGENT What comes in is lost to us" in told(), foreign
        with pytest.raises(VaultError, match="backup"):
            vault().put(b"more of it")
    public.write_text(f"{ours}\n")
    assert audit() == []
    strong.VAULT_KEYS.parent.chmod(0o777)
    assert "URGENT Others on this machine may exchange the keys" in told()


def test_age_and_known_weaknesses(strong, monkeypatch):
    monkeypatch.setattr(weaknesses, "__released__", "2020-01-01")
    assert "days old" in told()
    answer = strong.VAR / "pip-audit.json"
    from importlib.metadata import version

    rows = [
        {"name": "django", "version": version("django"), "vulns": [{"id": "CVE-2099-1"}]},
        {"name": "lxml", "version": "0.1", "vulns": [{"id": "CVE-2099-2"}]},
        {"name": "here", "skip_reason": "not on PyPI"},
        {"name": 1, "version": None, "vulns": [{"id": 7}]},
    ]
    answer.write_text(json.dumps({"dependencies": rows}))
    assert "URGENT django" in told() and "CVE-2099-1" in told()
    assert "CVE-2099-2" not in told(), "another version is installed"
    os.utime(answer, (0, 0))
    assert "weaknesses is of 01 January 1970" in told()
    for broken in ("", "[]", "{}", '{"dependencies": [1]}', "[" * 100_000):
        answer.write_text(broken)
        assert "is no answer of pip-audit" in told(), broken
    answer.unlink()
    assert "not checked" in told() and "URGENT" not in told()


def test_jobs(strong):
    Trouble.objects.create(what="counting", row="7", why="no", first=timezone.now() - timedelta(days=2))
    assert "Rows set aside for more than a day: 1" in told()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '6 minutes'")
    assert "URGENT No worker runs" in told()


def test_testimonies(strong, django_user_model):
    campaign = make_campaign()
    assert "Voices of the Way, SN has nobody who coordinates it" in told()
    boss = user_with(django_user_model, "coordinator", name="bo")
    Authenticator.objects.create(user=boss, type="totp", data={})
    for team in Country.objects.all():
        team.coordinators.add(boss)
    Country.objects.update(focal_person=boss)
    make_messenger(campaign)
    testimony = Phone().tell()
    assert audit() == []
    today = timezone.localdate()
    first = testimony.consents.get()
    first.until = today + timedelta(days=3)
    first.save()
    assert "Testimonies whose consent ends within 14 days, and that then are erased: 1" in told()
    Consent.objects.create(testimony=testimony, version=2, uses=["team"], language="fr", until=None)
    assert audit() == [], "the newest counts"
    Consent.objects.filter(version=2).update(until=today - timedelta(days=2))
    assert "URGENT Testimonies kept beyond what their tellers agreed to: 1" in told()
    Testimony.objects.update(withdrawn=timezone.now() - timedelta(hours=2))
    assert "URGENT Withdrawn testimonies that are not erased yet: 1" in told()
    Testimony.objects.update(withdrawn=None)
    Consent.objects.all().update(until=None)
    File.objects.create(testimony=testimony, state=File.State.KEPT)
    assert "Files that could not be opened, kept as they came with all that they tell: 1" in told()
    File.objects.all().delete()
    campaign.is_public = True
    campaign.save()
    assert "Anyone may offer stories to “Voices of the Way” without an end" in told()
    campaign.ends = today - timedelta(days=1)
    campaign.save()
    assert "“Voices of the Way” is over, and its messengers’ phones still open it" in told()
    Messenger.objects.update(state=Messenger.State.FROZEN)
    assert audit() == []
    Messenger.objects.update(state=Messenger.State.ACTIVE)
    Device.objects.update(last_seen=timezone.now() - LONG_AGO)
    assert "Messengers’ phones not heard of for 60 days: 1" in told()
    boss.is_superuser = True
    boss.save()
    for number in (1, 2):
        other = user_with(django_user_model, "editor", name=f"o{number}")
        other.is_superuser = True
        other.save()
    assert "Administrators who also have a role in testimonies: 3" in told()


@pytest.fixture
def boss(strong, django_user_model):
    """Who coordinates and listens in all country teams."""
    boss = user_with(django_user_model, "coordinator", name="bo")
    Authenticator.objects.create(user=boss, type="totp", data={})
    make_messenger(make_campaign())
    for team in Country.objects.all():
        team.coordinators.add(boss)
    Country.objects.update(focal_person=boss)
    assert audit() == []
    return boss


def test_whoever_has_left_counts_as_nobody(boss, django_user_model):
    other = user_with(django_user_model, "protection", name="other")
    Authenticator.objects.create(user=other, type="totp", data={})
    boss.is_active = False
    boss.save()
    assert "SN has nobody who coordinates it, or nobody who listens" in told()
    Country.objects.update(focal_person=other)
    assert "SN has nobody who coordinates it" in told()
    for team in Country.objects.all():
        team.coordinators.add(other)
    assert audit() == []


def test_a_call_that_nobody_answers_is_told_without_its_words(boss):
    phone = Phone()
    phone.post("check-in/", {"mood": 1, "words": "I cannot go on", "wants_call": True})
    assert audit() == []
    CheckIn.objects.update(at=timezone.now() - timedelta(days=3))
    assert "URGENT Voices of the Way, SN: a messenger who would like a call has not been answered" in told()
    assert "I cannot" not in told() and "Mame" not in told()
    CheckIn.objects.update(answered=timezone.now())
    assert audit() == []


def test_a_check_that_fails_is_told_and_hides_no_other(strong):
    @audited
    def stars():
        raise ZeroDivisionError("no stars")

    try:
        Trouble.objects.create(what="a", row="b", why="c", first=timezone.now() - LONG_AGO)
        assert "“stars” could not be looked at (no stars)" in told() and "set aside" in told()
    finally:
        auditing._checks.remove(stars)


def test_the_command_says_it_and_its_exit_code_whether_it_is_urgent(strong, capsys, django_user_model):
    call_command("audit")
    assert "Nothing is weak" in capsys.readouterr().out
    django_user_model.objects.create_superuser("root", "r@a.example", "a password of length")
    with pytest.raises(SystemExit) as end:
        call_command("audit", "--json")
    [row] = map(json.loads, capsys.readouterr().out.splitlines())
    assert end.value.code == 1 and row["urgent"] and "root" in row["what"] and "Second factor" in row["do"]


def test_administrators_see_it_first_and_nobody_else(strong, admin_client, client, django_user_model):
    django_user_model.objects.create_superuser("root", "r@a.example", "a password of length")
    assert "Administrators without a second factor: admin, root" in words(admin_client.get("/admin/").content)
    client.force_login(user_with(django_user_model, "editor"))
    assert "second factor:" not in words(client.get("/admin/").content)
