"""The first issue turns up by itself: on a demo's front, and on the admin's home."""

from __future__ import annotations

import pytest
from django.db import connection

from griot.queueing import soon
from tests.browser.test_morning import editor, sign_in
from tests.digest.issues import make_issue

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def under_way(site, settings, live_server):
    settings.PUBLIC_URL, settings.DEMO = live_server.url, {"port": 1}
    soon("digest.morning", "digest.morning")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")


def test_a_demos_front_turns_into_its_first_issue(under_way, page_at, live_server):
    page = page_at(375)
    page.goto(f"{live_server.url}/")
    page.wait_for_selector(".making progress[value]:not([value='0'])")
    make_issue()
    page.wait_for_selector("text=Communities Meet to Share")


def test_the_home_says_when_the_morning_is_over(under_way, page_at, live_server, client):
    page = page_at(1280, "dark")
    sign_in(page, live_server, client, editor())
    page.goto(f"{live_server.url}/admin/")
    page.wait_for_selector("text=Writing lines")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded'")
    page.wait_for_selector("text=Today’s issue is not laid out yet")
