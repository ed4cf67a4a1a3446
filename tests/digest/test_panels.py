"""The admin's home: what it offers to whom, and that all of it works."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from griot.accounts.roles import ROLES
from griot.demo.newsroom import seed_sources
from griot.digest.core.words import words
from griot.digest.models import Newsroom
from griot.digest.morning.assembling import start_issue
from griot.digest.release.editions import make_editions
from griot.digest.site.making import Making, making
from griot.mailing.models import Audience, Subscriber, Subscription
from griot.press.listening.listening import due_sources, fetch_sources
from griot.press.listening.reading import read_entries
from griot.press.models import Beat, Outlet, Source
from griot.press.stories.pipeline import group_articles
from griot.queueing import soon
from griot.troubles.models import Trouble
from tests.digest.issues import make_issue
from tests.signing_in import with_second_factor

pytestmark = pytest.mark.django_db
FORM = re.compile(r"<form[^>]*method=\"post\"[^>]*action=\"([^\"]+)\"[^>]*>(.*?)</form>", re.S)
INPUT = re.compile(r"<input[^>]*name=\"([^\"]+)\"[^>]*value=\"([^\"]*)\"")


@pytest.mark.parametrize("role", [*(role.name for role in ROLES), "administrator"])
def test_every_form_of_every_panel_does_what_it_says(site, django_user_model, role):
    """In a newsroom that is empty, as a browser sends them: with the token that stands in the form."""
    Trouble.objects.create(what="reading", row="a source", why="it broke")
    user = django_user_model.objects.create_user("somebody", is_superuser=role == "administrator")
    user.groups.set(Group.objects.filter(name=role))
    client = Client(enforce_csrf_checks=True)
    with_second_factor(client, user)
    expected = {"administrator": 3, "Duty editor": 2, "Chief editor": 2}
    walked = walk_forms(client)  # after the starter pack, today's issue can be made
    assert walked + walk_forms(client) == expected.get(role, 0)


def walk_forms(client: Client) -> int:
    home = client.get("/admin/").content.decode()
    forms = [(html.unescape(to), dict(INPUT.findall(inner))) for to, inner in FORM.findall(home)]
    ours = [form for form in forms if not form[0].startswith("/admin/logout")]
    for to, said in ours:
        answer = client.post(to, said)
        assert answer.status_code == 302, (to, answer.status_code)
    return len(ours)


def test_steps_tick_themselves(site, django_user_model):
    client = Client()
    with_second_factor(client, django_user_model.objects.create_superuser("root"))

    def done() -> int:
        home = client.get("/admin/").content.decode()
        return int(re.search(r"(\d) of 7\s+done", home).group(1)) if "First steps" in home else 7

    assert done() == 0
    Newsroom.objects.update(name="The Kora", contact="desk@a.example")
    assert done() == 1
    outlet = Outlet.objects.create(name="Harbour")
    Source.objects.create(outlet=outlet, url="https://a.example/feed")
    assert done() == 2
    beat = Beat.objects.get()
    client.post("/admin/press/try/", {"beat": beat.pk, "q": beat.query})
    assert done() == 3
    audience = Audience.objects.create(name="All", slug="all")
    reader = Subscriber.objects.create(email="r@a.example")
    Subscription.objects.create(audience=audience, subscriber=reader)
    assert done() == 4
    bo = django_user_model.objects.create_user("bo")
    assert done() == 4, "who may not approve is no second person"
    bo.groups.set(Group.objects.filter(name="Chief editor"))
    assert done() == 4, "nor is who has not come yet"
    Client().force_login(bo)
    assert done() == 5
    with override_settings(EMAIL_URL="smtp://relay.example"):
        assert done() == 6
        start_issue(timezone.localdate(), "en").save_revision().publish(skip_permission_checks=True)
        assert done() == 7


def test_an_issue_that_is_out_is_never_one_that_nobody_has_worked_on(site, admin_client):
    issue = start_issue(timezone.localdate(), "en")
    assert "Nobody has worked on it yet" in admin_client.get("/admin/").content.decode()
    issue.save_revision().publish(skip_permission_checks=True)
    assert "– published. Published on" in " ".join(admin_client.get("/admin/").content.decode().split())
    issue.refresh_from_db()
    issue.save_revision()
    type(issue).objects.filter(pk=issue.pk).update(has_unpublished_changes=True)
    assert "It has changes that are not out." in admin_client.get("/admin/").content.decode()


def test_everybody_is_asked_for_their_own_steps_alone(site, client, django_user_model):
    user = django_user_model.objects.create_user("ana")
    user.groups.set(Group.objects.filter(name="Duty editor"))
    with_second_factor(client, user)
    page = " ".join(client.get("/admin/").content.decode().split())
    assert "0 of 2 done" in page and "A mail server" not in page and "A second person" not in page


def test_who_can_do_none_of_the_steps_is_not_asked_to(site, client, django_user_model):
    user = django_user_model.objects.create_user("somebody")
    user.groups.set(Group.objects.filter(name="Translator"))
    with_second_factor(client, user)
    assert "First steps" not in client.get("/admin/").content.decode()


# --- the morning on its way ---------------------------------------------------------------


def begin(task: str = "digest.morning") -> None:
    soon(task, task)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = %s", [task])


@pytest.mark.django_db(transaction=True)
def test_a_morning_says_how_far_it_is(site, listening_to_wire, wire):
    assert making() is None
    seed_sources(wire)
    Source.objects.update(next_fetch=timezone.now() - timedelta(hours=1))
    soon("digest.morning", "digest.morning")
    assert making() == Making("waiting")
    begin()
    count, now = Source.objects.count(), timezone.now()
    first = making()
    assert (first.step, first.done, first.total) == ("visiting", 0, count)
    fetch_sources(due_sources(now)[:5])
    assert (making().step, making().done) == ("visiting", 5)
    fetch_sources(due_sources(now))
    there = making()
    assert there.step == "reading" and there.done < there.total and there.articles == 0
    read_entries()
    there = making()
    assert there.step == "grouping" and there.articles > 100 and there.stories == 0
    group_articles(timezone.now())
    there = making()
    assert (there.step, there.done) == ("drafting", 0) and there.stories > 20
    shares = [first.share, there.share]
    assert shares == sorted(shares) and there.share < 1
    assert f"{there.articles} articles" in there.found(words("en"))


def test_todays_issue_is_made_at_once_and_only_once(site, client, django_user_model):
    user = django_user_model.objects.create_user("ana")
    user.groups.set(Group.objects.filter(name="Duty editor"))
    client.force_login(user)
    assert "Make today’s issue now" not in client.get("/admin/").content.decode()
    said = client.post("/admin/issues/make-now/", follow=True).content.decode()
    assert "add sources first" in said and not ProcrastinateJob.objects.filter(task_name="digest.morning")
    Source.objects.create(outlet=Outlet.objects.create(name="Harbour"), url="https://a.example/feed")
    assert client.get("/admin/issues/making/").json() == {"is_over": True}
    for _ in range(2):
        assert client.post("/admin/issues/make-now/").status_code == 302
    assert ProcrastinateJob.objects.filter(task_name="digest.morning").count() == 1
    said = client.get("/admin/issues/making/").json()
    assert said["is_over"] is False and said["words"] and 0 <= said["share"] < 1
    home = client.get("/admin/").content.decode()
    assert "is being made" in home and "Make today’s issue now" not in home


@pytest.mark.parametrize("language", ["", "fr/", "ar/"])
def test_a_demos_front_shows_its_first_issue_being_made_a_newsrooms_does_not(
    site, client, settings, language
):
    begin("demo.morning")
    front = client.get(f"/{language}").content.decode()
    assert "making/" not in front and client.get(f"/{language}making/").status_code == 404
    settings.DEMO = {"port": 1}
    front = client.get(f"/{language}").content.decode()
    assert f'data-making="http://localhost:8000/{language}making/"' in front
    said = client.get(f"/{language}making/").json()
    assert said["is_over"] is False and said["words"]


def test_a_translator_reads_who_makes_the_editions_until_they_are_made(site, client, django_user_model):
    issue = make_issue("en", timezone.localdate(), live=False)
    user = django_user_model.objects.create_user("ines", "i@a.example", "x")
    user.groups.set(Group.objects.filter(name="Translator"))
    client.force_login(user)
    page = client.get("/admin/").content.decode()
    assert "No edition is made yet." in page and "chief editor makes them" in page
    make_editions(issue, None)
    assert "No edition is made yet." not in client.get("/admin/").content.decode()
