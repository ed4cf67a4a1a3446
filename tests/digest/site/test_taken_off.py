"""An issue is saved with what stands in it, whatever has become of that."""

from __future__ import annotations

from datetime import date

import pytest
from wagtail.test.utils.form_data import nested_form_data, streamfield

from griot.digest.models import IssuePage, ToldItem
from griot.digest.tasks import index_anew_now
from griot.testimonies import withdrawing
from griot.testimonies.review import review
from tests.digest.issues import make_issue
from tests.testimonies.showing.test_withdrawal import MARK, House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(site, django_user_model):
    return House(django_user_model)


def saved(house) -> int:
    """The issue's form, as it stands, sent back."""
    page = IssuePage.objects.get(pk=house.issue.pk)
    form = IssuePage.get_edit_handler().get_form_class()(instance=page, for_user=house.admin)
    values = {field.html_name: field.value() for field in form if field.name != "body"}
    blocks = [("testimony", {"testimony": house.slug})]
    counts = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    sets = {f"{s.prefix}-{key}": value for s in form.formsets.values() for key, value in counts.items()}
    data = nested_form_data({"body": streamfield(blocks)})
    known = {name: getattr(value, "pk", value) for name, value in values.items() if value is not None}
    return int(house.editor.post(f"/admin/pages/{page.pk}/edit/", {**known, **sets, **data}).status_code)


def test_an_issue_can_be_saved_when_what_stands_in_it_was_taken_off_the_site(house):
    assert saved(house) == 302
    review.send_back(house.testimony, house.people["approver"], "a reason")
    assert saved(house) == 302, "taken off"
    withdrawing.withdraw(house.testimony, "teller")
    assert saved(house) == 302, "withdrawn while it was off"
    withdrawing.erase(house.testimony.pk)
    assert saved(house) == 302, "erased"


def test_issues_with_one_title_are_all_written_down_anew_at_once(house):
    for day in (13, 14):
        issue = make_issue(day=date(2018, 12, day))
        issue.body.insert(0, ("testimony", {"testimony": house.slug}))
        issue.save_revision().publish(skip_permission_checks=True)
    told = ToldItem.objects.filter(text__contains=MARK).order_by().values("issue", "issue__title").distinct()
    assert len(told) == 3 and len({row["issue__title"] for row in told}) == 1
    withdrawing.withdraw(house.testimony, "teller")  # and what follows its commit never happens
    index_anew_now()
    assert not told.all().exists()
