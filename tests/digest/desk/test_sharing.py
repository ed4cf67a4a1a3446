"""A desk shared by several: who holds the issue, who is on a story, what one shift tells the next."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from griot.digest.desk.acting import Refused
from griot.digest.desk.actions import act, undo_last
from griot.digest.desk.sharing import (
    colleagues,
    hand_over,
    holder,
    leave_note,
    mark_read,
    take,
    unread_notes,
)
from griot.digest.models import Assignment, Shift

pytestmark = pytest.mark.django_db
SHIFT = "/admin/desk/shift/"


def test_one_at_a_time_holds_the_issue(editor, colleague):
    assert holder() is None
    take(editor)
    take(editor)
    assert holder().user == editor and Shift.objects.count() == 1
    take(colleague)
    assert holder().user == colleague and Shift.objects.filter(ended=None).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(user=editor)


def test_whoever_holds_it_hands_it_over_with_a_note(editor, colleague):
    with pytest.raises(Refused, match="you do not hold the issue"):
        hand_over(editor, colleague, "…")
    take(editor)
    assert hand_over(editor, colleague, " The ferry. \n Ring at eight. ") == "bo holds the issue."
    [note] = unread_notes()
    assert note.text == "The ferry.\nRing at eight." and note.by == editor and holder().user == colleague
    assert "until somebody takes it" in hand_over(colleague, None, "")
    assert holder() is None and unread_notes().count() == 1


def test_a_note_is_read_once(editor, colleague):
    note = leave_note(editor, "The ferry.")
    assert mark_read(note.pk, colleague) and not mark_read(note.pk, editor)
    assert not unread_notes()
    for text in (" \n ", "x" * 2001):
        with pytest.raises(Refused, match="note"):
            leave_note(editor, text)


def test_only_who_works_at_the_desk_is_given_a_story(editor, night, django_user_model, client):
    translator = django_user_model.objects.create_user("tam")
    translator.groups.set(Group.objects.filter(name="Translator"))
    duty = django_user_model.objects.create_user("dora")
    duty.groups.set(Group.objects.filter(name="Duty editor"))
    gone = django_user_model.objects.create_superuser("gone", is_active=False)
    assert duty in colleagues() and not {translator, gone} & set(colleagues())
    for pk in (translator.pk, gone.pk, "x", 10**30):
        with pytest.raises(Refused, match="does not work at the desk"):
            act("assign", editor, {"story": night[0].pk, "to": pk})
    act("assign", editor, {"story": night[0].pk, "to": duty.pk})
    act("assign", editor, {"story": night[0].pk, "to": ""})
    assert not Assignment.objects.exists()
    undo_last(editor)
    assert Assignment.objects.get().user == duty
    client.force_login(translator)
    assert client.post(SHIFT, {"do": "take"}).status_code in (302, 403) and holder() is None


def test_undo_goes_on_though_a_colleague_has_left(editor, colleague, night, django_user_model):
    gone = django_user_model.objects.create_superuser("gone")
    act("discard", editor, {"story": night[1].pk})
    act("assign", gone, {"story": night[0].pk, "to": gone.pk})
    act("assign", editor, {"story": night[0].pk, "to": colleague.pk})
    gone.delete()
    with pytest.raises(Refused, match="the colleague who was on it has left"):
        undo_last(editor)
    assert undo_last(editor).story == night[1].pk and Assignment.objects.get().user == colleague


def test_the_desk_and_the_home_tell_of_the_shift(desk_client, editor, colleague, night):
    take(colleague)
    leave_note(colleague, "<b>The ferry</b>")
    for address in ("/admin/desk/", "/admin/"):
        page = desk_client.get(address).content.decode()
        assert "&lt;b&gt;The ferry&lt;/b&gt;" in page and "holds the issue since" in page
    answer = desk_client.post(SHIFT, {"do": "hand over", "note": "x", "from": "home"}, follow=True)
    assert (
        answer.redirect_chain[-1][0] == "/admin/" and "You do not hold the issue" in answer.content.decode()
    )
    desk_client.post(SHIFT, {"do": "take"})
    assert holder().user == editor
    assert desk_client.post(SHIFT, {"do": "read", "id": "x" * 40}).status_code == 302


def test_how_many_may_work_there_costs_no_more_queries(desk_client, night, django_user_model):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk_client.get("/admin/desk/")
        return len(queries)

    asked()  # what is made with the first look is there
    before = asked()
    for n in range(30):
        user = django_user_model.objects.create_user(f"u{n}")
        user.groups.set(Group.objects.filter(name="Duty editor"))
    assert asked() <= before
