"""Jobs that come again by themselves go through their rows one by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from griot.press.models import Article, Fetch, Outlet, Source
from griot.press.tasks import KEEP_FAILED, forget_failed, retain, retry_stalled
from griot.queueing import soon
from griot.troubles.models import Trouble

STAYS = """
CREATE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'this one stays'; END $$;
DO $do$ BEGIN EXECUTE format(
    'CREATE TRIGGER stays BEFORE {} ON {} FOR EACH ROW WHEN (OLD.id = %%s) EXECUTE FUNCTION stays()', %s
); END $do$;
"""


@pytest.fixture
def articles(db, settings) -> list[Article]:
    settings.KEEP_DAYS = 30
    outlet = Outlet.objects.create(name="The Post")
    old = timezone.now() - timedelta(days=40)
    return [
        Article.objects.create(
            outlet=outlet, url=f"https://a.example/{n}", title="Boats met", published=old, in_window=True
        )
        for n in range(5)
    ]


@pytest.mark.parametrize("event", ["UPDATE", "DELETE"])
def test_a_row_that_cannot_go_does_not_keep_those_beside_it(articles, event):
    source = Source.objects.create(outlet=articles[0].outlet, url="https://a.example/feed")
    Fetch.objects.create(source=source, at=timezone.now() - timedelta(days=90), outcome="silent")
    with connection.cursor() as cursor:
        cursor.execute(STAYS.format(event, "press_article"), [articles[2].pk])
    retain()
    assert not Fetch.objects.exists()
    left = set(Article.objects.values_list("pk", flat=True))
    assert left == ({articles[2].pk} if event == "DELETE" else set())
    assert Trouble.objects.get().row == str(articles[2].pk)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER stays ON press_article")
    if event == "DELETE":
        retain()
        assert not Article.objects.exists() and not Trouble.objects.exists()


def test_a_job_of_a_dead_worker_that_waits_already_does_not_keep_others_from_going_on(transactional_db):
    soon("press.listen", "listen")
    soon("press.retain", "retain")
    with connection.cursor() as cursor:  # their worker is gone
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    soon("press.listen", "listen")  # the next five minutes have come
    with ThreadPoolExecutor(1) as worker:  # as in a worker: a browser's event loop may run in this thread
        worker.submit(retry_stalled).result()
        worker.submit(connections.close_all).result()
    states = set(ProcrastinateJob.objects.values_list("task_name", "status"))
    assert states == {("press.listen", "failed"), ("press.listen", "todo"), ("press.retain", "todo")}
    assert not Trouble.objects.exists()


def test_jobs_that_failed_long_ago_are_let_go(transactional_db):
    for name in ("old", "new", "waiting"):
        soon("press.discover", name, pk=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE queueing_lock <> 'waiting'")
        cursor.execute(
            "UPDATE procrastinate_events SET at = at - %s WHERE job_id ="
            " (SELECT id FROM procrastinate_jobs WHERE queueing_lock = 'old')",
            [timedelta(hours=KEEP_FAILED + 1)],
        )
    forget_failed()
    assert set(ProcrastinateJob.objects.values_list("queueing_lock", flat=True)) == {"new", "waiting"}
