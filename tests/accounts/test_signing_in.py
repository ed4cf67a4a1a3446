"""Passwords, second factors and the organisation's own sign-in, as a browser without a screen meets them."""

from __future__ import annotations

import json
import re
import time
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache, caches
from django.core.management import CommandError, call_command
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.models import ModelLogEntry

from griot.accounts import limiting, rooms
from griot.accounts.adapters import Factors
from griot.accounts.rooms import forget_factors
from griot.accounts.tasks import send_password
from tests.accounts.provider import CLIENT, SECRET, Provider
from tests.signing_in import code, with_second_factor
from tests.testimonies.people import committed, user_with

pytestmark = pytest.mark.django_db
PASSWORD = "a password of length"
ROOM = "/admin/testimonies/"


@pytest.fixture
def officer(site, django_user_model, settings):
    settings.EMAIL_BACKEND = "griot.mailing.backend.RelayBackend"
    user = user_with(django_user_model, "protection", name="noor")
    user.email = "noor@a.example"
    user.save()
    return user


def sign_in(client: Client, name: str = "noor", password: str = PASSWORD, **more: str):
    return client.post("/admin/login/", {"login": name, "password": password, **more}, follow=True)


def set_up(client: Client) -> str:
    """An authenticator app, as its owner sets one up after signing in; its secret."""
    client.post("/admin/confirm/", {"password": PASSWORD})
    page = client.get("/admin/factors/totp/activate/").content.decode()
    secret = re.search(r'value="([A-Z2-7]{32})"', page)[1]
    assert client.post("/admin/factors/totp/activate/", {"code": code(secret)}).status_code == 302
    return secret


def test_a_password_lets_in_and_a_wrong_one_does_not(officer):
    client = Client()
    assert b"not correct" in sign_in(client, password="another").content
    assert client.get("/admin/").status_code == 302
    assert sign_in(client).redirect_chain[-1][0] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_nobody_is_sent_to_another_site_after_signing_in(officer):
    assert sign_in(Client(), next="https://evil.example/").redirect_chain[-1][0] == "/admin/"


def test_ten_wrong_passwords_close_the_door_for_a_name_at_an_address(officer, settings):
    settings.AXES_ENABLED = True
    client = Client()
    for _ in range(10):
        answer = sign_in(client, password="another")
    assert answer.status_code == 429
    assert not sign_in(client).redirect_chain, "the right one does not open it any more"
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert sign_in(elsewhere).redirect_chain[-1][0] == "/admin/", (
        "nobody can keep an editor out by their name"
    )


def test_codes_of_an_account_are_not_guessed_from_wherever_and_whoever_signs_in_beside_it(
    officer, django_user_model
):
    client = Client()
    sign_in(client)
    secret = set_up(client)
    insider = user_with(django_user_model, "editor", name="insider")
    Authenticator.objects.create(user=insider, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    tried = 0
    for n in range(40):
        guesser = Client(REMOTE_ADDR=f"203.0.113.{n}")
        sign_in(guesser)
        answer = guesser.post("/admin/factors/authenticate/", {"code": "000000"})
        tried += b"Incorrect code" in answer.content
        sign_in(Client(REMOTE_ADDR=f"203.0.113.{n}"), name="insider")
    assert tried <= 10
    late = Client(REMOTE_ADDR="203.0.113.200")
    sign_in(late)
    late.post("/admin/factors/authenticate/", {"code": code(secret)})
    assert late.get("/admin/").status_code == 302, "the right one neither, for an hour"


def enter(said: str) -> Client:
    client = Client()
    sign_in(client)
    client.post("/admin/factors/authenticate/", {"code": said})
    return client


def test_a_code_of_an_app_is_good_once_for_as_long_as_any_clock_shows_it(officer, monkeypatch):
    owner = Client()
    sign_in(owner)
    secret = set_up(owner)
    assert enter(code(secret)).get(ROOM).status_code == 302, "it set the app up"
    said = code(secret, later=1)
    assert enter(said).get(ROOM).status_code == 200
    for seconds in (0, 31, 62):  # it is taken for a minute and a half
        real = time.time
        with monkeypatch.context() as later:
            later.setattr(time, "time", lambda: real() + seconds)  # noqa: B023
            assert enter(said).get(ROOM).status_code == 302, seconds


def test_to_look_at_recovery_codes_gives_none_back(officer):
    owner = Client()
    sign_in(owner)
    set_up(owner)
    row = Authenticator.objects.get(user=officer, type="recovery_codes")
    looked = Authenticator.objects.get(pk=row.pk).wrap()  # for a page that is being made
    spare = row.wrap().get_unused_codes()[0]
    assert enter(spare).get(ROOM).status_code == 200
    looked.mark_as_viewed()
    assert enter(spare).get(ROOM).status_code == 302
    assert Authenticator.objects.get(pk=row.pk).wrap().did_view


@pytest.mark.django_db(transaction=True)
def test_a_password_alone_takes_no_factor_away(officer):
    """A session from before it was set up, in which the password is said again."""
    old, owner = Client(), Client()
    sign_in(old)
    sign_in(owner)
    set_up(owner)
    old.post("/admin/confirm/", {"password": PASSWORD})
    factor = Authenticator.objects.get(user=officer, type="totp")
    for way in (
        "totp/deactivate/",
        "totp/activate/",
        "recovery-codes/",
        "recovery-codes/generate/",
        "recovery-codes/download/",
        "webauthn/",
        "webauthn/add/",
        f"webauthn/keys/{factor.pk}/remove/",
        f"webauthn/keys/{factor.pk}/edit/",
        "",
    ):
        for ask in (old.get, old.post):
            answer = ask(f"/admin/factors/{way}")
            assert answer.status_code == 302 and "/admin/factors/reauthenticate/" in answer["Location"], way
    assert Authenticator.objects.filter(user=officer, type="totp").exists()
    assert old.get(ROOM).status_code == 302
    assert owner.post("/admin/factors/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.filter(user=officer).exists(), "its owner may, who has proved it"


def test_many_names_from_one_address_are_stopped_in_every_web_server(officer, settings):
    settings.AXES_ENABLED = True
    for n in range(60):
        caches["default"].close()  # as another process: what it knows is in the database
        assert sign_in(Client(), name=f"somebody-{n}", password="another").status_code == 200
    assert b"Too many failed" in sign_in(Client()).content
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9")).redirect_chain[-1][0] == "/admin/"


def test_what_a_stranger_says_of_their_address_is_not_believed(officer, settings):
    settings.AXES_ENABLED = True
    for n in range(10):
        answer = sign_in(Client(HTTP_X_FORWARDED_FOR=f"203.0.113.{n}"), password="another")
    assert answer.status_code == 429


@pytest.mark.parametrize(
    "wanted", ["/admin/%0d%0aSet-Cookie:a=b", "/admin/\r\nSet-Cookie: a=b", "/admin/\x00", "/\u2028"]
)
def test_a_line_s_end_in_where_to_go_next_is_no_error_of_ours(officer, wanted):
    answer = Client().post("/admin/login/", {"login": officer.username, "password": PASSWORD, "next": wanted})
    assert answer.status_code in {302, 400} and "a=b" not in str(answer.cookies)


@pytest.mark.django_db(transaction=True)
def test_raw_material_waits_for_a_second_factor_and_opens_once_it_is_set_up(officer, sink):
    client = Client()
    sign_in(client)
    answer = client.get(ROOM, follow=True)
    assert (
        answer.redirect_chain[-1][0] == "/admin/factors/" and b"prove a second factor first" in answer.content
    )
    set_up(client)
    [(to, message)] = sink.messages
    assert to == "noor@a.example" and b"uthenticator app activated" in message
    assert ROOM.encode() in client.get("/admin/factors/").content, "the way back to what was wanted"
    assert client.get(ROOM).status_code == 200
    other = Client()
    other.force_login(officer)  # a session from before, with the password alone
    assert other.get(ROOM)["Location"] == "/admin/factors/reauthenticate/?next=%2Fadmin%2Ftestimonies%2F"


def test_who_has_a_factor_is_asked_for_it_at_the_door(officer):
    client = Client()
    sign_in(client)
    secret = set_up(client)
    new = Client()
    assert sign_in(new).redirect_chain[-1][0] == "/admin/factors/authenticate/"
    assert new.get("/admin/").status_code == 302, "a password alone is nothing now"
    assert b"Incorrect code" in new.post("/admin/factors/authenticate/", {"code": "000000"}).content
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    spare = RecoveryCodes(Authenticator.objects.get(user=officer, type="recovery_codes")).get_unused_codes()[
        0
    ]
    assert new.post("/admin/factors/authenticate/", {"code": spare}, follow=True).status_code == 200
    assert new.get(ROOM).status_code == 200
    again = Client()
    sign_in(again)
    assert b"Incorrect code" in again.post("/admin/factors/authenticate/", {"code": spare}).content, (
        "each is good once"
    )
    assert Authenticator.objects.get(user=officer, type="totp").data["secret"] != secret


def test_secrets_are_sealed_and_survive_a_new_secret_key(officer, settings, caplog):
    sealed = Factors().encrypt("a secret")
    assert "a secret" not in sealed and Factors().decrypt(sealed) == "a secret"
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert Factors().decrypt(sealed) == "a secret"
    settings.SECRET_KEY_FALLBACKS = []
    assert Factors().decrypt(sealed) != Factors().decrypt(sealed), "no code fits"
    assert "forget_factors" in caplog.text


def test_an_administrator_takes_a_lost_factor_away(officer, admin_user, sink):
    with_second_factor(Client(), officer)
    client = Client()
    client.force_login(admin_user)
    assert client.post(f"/admin/second-factors/{officer.pk}/forget/")["Location"] == "/admin/factors/"
    assert Authenticator.objects.filter(user=officer).exists(), "not without a factor of one's own"
    with_second_factor(client, admin_user)
    assert b"noor" in client.get("/admin/second-factors/").content
    with committed():
        client.post(f"/admin/second-factors/{officer.pk}/forget/")
    assert not Authenticator.objects.filter(user=officer).exists()
    assert ModelLogEntry.objects.get(action="griot.forget_factors").user == admin_user
    assert sink.messages[-1][0] == "noor@a.example" and b"taken away" in sink.messages[-1][1]
    assert client.get("/admin/reports/site-history/").status_code == 200
    with_second_factor(client, officer)
    assert client.get("/admin/second-factors/").status_code == 403
    call_command("forget_factors", "noor")
    assert not Authenticator.objects.filter(user=officer).exists()
    with pytest.raises(CommandError, match="nobody signs in as"):
        call_command("forget_factors", "nobody")


def test_nobody_signs_up(site):
    for path in ("/admin/sign-up/", "/admin/sso/signup/", "/admin/sso/oidc/none/login/"):
        assert Client().post(path, {"email": "a@b.example"}).status_code in {302, 403, 404, 405}


# --- the organisation's own sign-in -----------------------------------------------------------


@pytest.fixture
def provider(settings):
    found = Provider()
    app = {
        "provider_id": "sso",
        "name": "Relief",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": found.url},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    yield found
    found.server.shutdown()


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def through(client: Client, provider: Provider, to: str = ""):
    """Sign in at the provider, and come back."""
    begun = client.get("/admin/sso/oidc/sso/login/" + to)
    assert begun.status_code == 302 and begun["Location"].startswith(provider.url)
    try:
        build_opener(_Stay).open(begun["Location"])
    except Exception as answer:
        back = answer.headers["Location"]  # type: ignore[attr-defined]
    return client.get(back.removeprefix("http://testserver"), follow=True)


def test_the_organisation_vouches_for_an_account(officer, provider):
    client = Client()
    assert b"Sign in with Relief" in client.get("/admin/login/").content
    provider.who["email"] = "noor@a.example"
    assert through(client, provider).redirect_chain[-1][0] == "/admin/"
    assert client.get("/admin/").status_code == 200
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD), "the password stays"
    assert client.get(ROOM)["Location"] == "/admin/factors/", (
        "and raw material still waits for a factor of ours"
    )
    officer.email = "noor@another.example"
    officer.save()
    for said in (b"has another address by now", b"no account here yet"):
        assert said in through(Client(), provider).content


@pytest.mark.parametrize("email", ["thief@a.example", "noor@a.example"])
def test_who_finds_a_browser_open_connects_nothing_to_it(officer, provider, email):
    open_browser, thief = Client(), Client()
    open_browser.force_login(officer)
    provider.who.update(sub="thief", email=email)
    assert "no other" in through(open_browser, provider, "?process=connect").content.decode()
    assert not officer.socialaccount_set.exists()
    provider.who.update(email="thief@a.example")
    assert b"no account here yet" in through(thief, provider).content


@pytest.mark.parametrize(
    ("email", "is_verified"), [("nobody@a.example", True), ("noor@a.example", False), ("", True)]
)
def test_whom_no_administrator_knows_stays_outside(officer, provider, email, is_verified):
    provider.who.update(email=email, email_verified=is_verified)
    client = Client()
    assert b"no account here yet" in through(client, provider).content
    assert client.get("/admin/").status_code == 302


def test_a_factor_is_asked_of_who_comes_from_the_organisation(officer, provider):
    with_second_factor(Client(), officer)
    provider.who["email"] = "noor@a.example"
    assert through(Client(), provider).redirect_chain[-1][0] == "/admin/factors/authenticate/"


def test_a_provider_that_is_away_is_said(officer, provider):
    provider.server.shutdown()
    provider.server.server_close()
    answer = Client().get("/admin/sso/oidc/sso/login/", follow=True)
    assert answer.redirect_chain[-1][0] == "/admin/login/" and "can’t be reached" in answer.content.decode()


def test_a_session_keeps_no_factor_that_was_taken_away(officer, settings):
    """Whoever has a lost phone may have a browser open, too."""
    lost, owner = Client(), Client()
    with_second_factor(lost, officer)
    assert lost.get(ROOM).status_code == 200
    Authenticator.objects.filter(user=officer).delete()
    assert lost.get(ROOM).status_code == 302
    with_second_factor(owner, officer)
    assert owner.get(ROOM).status_code == 200 and lost.get(ROOM).status_code == 302


def test_who_loses_their_factors_signs_in_anew_everywhere(officer, django_user_model):
    lost, other = Client(), Client()
    with_second_factor(lost, officer)
    other.force_login(user_with(django_user_model, "editor"))
    forget_factors(officer)
    assert "login" in lost.get("/admin/").url and other.get("/admin/").status_code == 200


ACCOUNT = {
    "name_email-first_name": "Noor",
    "name_email-last_name": "Haddad",
    "name_email-email": "thief@evil.example",
    "locale-preferred_language": "en",
    "locale-current_time_zone": "UTC",
    "theme-theme": "system",
    "theme-contrast": "system",
    "theme-density": "default",
    "theme-keyboard_shortcuts": "on",
}


def test_an_address_is_an_administrators_to_write(officer):
    """Whoever finds a browser open has no new password sent to themselves."""
    client = Client()
    client.force_login(officer)
    client.post("/admin/account/", ACCOUNT)
    officer.refresh_from_db()
    assert (officer.first_name, officer.email) == ("Noor", "noor@a.example")


def test_a_password_is_not_guessed_in_an_open_session(officer):
    client = Client()
    client.force_login(officer)

    def change(old: str) -> str:
        said = {
            "old_password": old,
            "new_password1": "another one of length",
            "new_password2": "another one of length",
        }
        answer = client.post(
            "/admin/account/", {**ACCOUNT, **{f"password-{k}": v for k, v in said.items()}}, follow=True
        )
        return answer.content.decode()

    for n in range(limiting.MOST_GUESSES):
        assert "too often" not in change(f"wrong {n}")
    assert "too often" in change(PASSWORD)
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


def test_a_password_is_not_guessed_from_many_addresses_in_an_open_session(officer):
    client = Client()
    client.force_login(officer)

    def confirm(password: str, n: int) -> int:
        cache.clear()  # what is counted by the minute
        said = {"password": password}
        return client.post("/admin/confirm/", said, REMOTE_ADDR=f"203.0.113.{n}").status_code

    assert confirm("wrong", 0) == 200 and confirm(PASSWORD, 0) == 302
    for n in range(limiting.MOST_GUESSES):
        assert confirm("wrong", n) == 200
    assert confirm(PASSWORD, 99) == 200


def test_a_mailbox_is_not_filled_with_new_passwords(officer, settings, monkeypatch):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(rooms, "MOST_RESETS", 5)

    def ask(address: str):
        return Client().post("/admin/password_reset/", {"email": address})

    asked = ("noor@a.example", "Noor@a.example", "nobody@a.example", "ſ@a.example", "noor@a.example")
    answers = [ask(address) for address in asked]
    assert {(a.status_code, a.url) for a in answers} == {(302, "/admin/password_reset/done/")}
    assert ask("s@a.example").url == "/admin/password_reset/"
    assert not mail.outbox, "nobody sees by the time that it takes whether an account has the address"
    jobs = ProcrastinateJob.objects.filter(task_name="accounts.send_password").order_by("id")
    waiting = [job.args["email"] for job in jobs]
    assert sorted(waiting) == sorted({"noor@a.example", "Noor@a.example", "nobody@a.example", "ſ@a.example"})
    for email in waiting:
        send_password(email)
    assert [m.to for m in mail.outbox] == [["noor@a.example"]] * 2
    assert f"{settings.PUBLIC_URL}/admin/password_reset/" in mail.outbox[0].body


def test_one_mailbox_is_asked_for_three_times_however_its_letters_are_written(officer, db):
    for address in ("s@a.example", "S@a.example", "ſ@a.example", "s@A.example"):
        Client().post("/admin/password_reset/", {"email": address})
    assert ProcrastinateJob.objects.count() == rooms.MOST_RESETS_OF_ONE


def test_an_organisation_signs_in_whom_one_account_has_the_address_of(officer, provider, django_user_model):
    django_user_model.objects.filter(pk=officer.pk).update(email="Noor@a.example")
    provider.who["email"] = "noor@a.example"
    client = Client()
    through(client, provider)
    assert client.session["_auth_user_id"] == str(officer.pk)
    officer.socialaccount_set.all().delete()
    django_user_model.objects.create_user("insider", email="noor@a.example", password=PASSWORD)
    client = Client()
    assert "_auth_user_id" not in client.session
    assert b"More than one account" in through(client, provider).content


@pytest.mark.parametrize(
    "said",
    [
        [],
        1,
        {},
        {"id": None},
        {"rawId": None},
        {"rawId": 1},
        {"response": None},
        {"clientExtensionResults": []},
        {"response": []},
        {"response": 1, "clientExtensionResults": ""},
    ],
)
def test_a_passkey_of_another_shape_is_refused(site, client, said):
    shape = {"id": "x", "rawId": "eA", "type": "public-key", "response": {}, "clientExtensionResults": {}}
    credential = {**shape, **said} if isinstance(said, dict) else said
    if isinstance(credential, dict):  # None: it is missing
        credential = {name: value for name, value in credential.items() if value is not None}
    answer = client.post("/admin/factors/webauthn/login/", {"credential": json.dumps(credential)})
    assert answer.status_code < 500 and "_auth_user_id" not in client.session
