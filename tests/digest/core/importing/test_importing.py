"""Past issues: nothing is lost, and what can be recognised is."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.models import Locale

from griot.digest.core.importing.attributing import attribute, separate
from griot.digest.core.importing.head import stated_date
from griot.digest.core.importing.importing import NO_ISSUE, read_issue
from griot.digest.core.rendering import render
from griot.digest.core.rendering.text import render_text
from griot.digest.models import IssuePage
from griot.digest.site.composing import issue_of
from griot.press.core.types import BadInput
from tests.support import SHARED, needs_shared

REFERENCE = SHARED / "reference-issue.txt"
ISSUE = """\
Unable to view this message? Click here

Tuesday, 9 October 2018

Comments/questions: desk@example.org

Photo: Passage Network/Ada Obi

Farmers Learn to Read the River Again

Bamako (TMK) – In the villages that the water left, forty families are learning to plant for a shorter season.

They came back in spring with seeds that neighbours had kept for them.

Read more | Share on Twitter | Facebook

Watch: What a Returnee Packs

Photo: Passage Network/Bo Lind

A film of four minutes, made on the bus from Agadez, about the things that nobody throws away.

Watch here

Quote of the day

“A border is a queue that somebody else may skip.”

Rosa Menchaca, bus driver, Tapachula

Media Monitoring Highlights

• The Harbour Times, Al Marsa and Radio Costa reported that 57 people were brought ashore. They cited Passage Network figures and quoted its spokesperson Aminata Sow.

• Trinidad and Tobago Guardian reported that the minister had resigned.

• UAE's The National ran an op-ed by Layla Haddad arguing that contracts should be translated. It quoted Karen Oduya.

Trending on the Internet

Quartz interviewed a baker who feeds the queue.

Kora Explains draws the road in five maps.

The Post, El Faro, and others reported that the road is open again.

A closing word that belongs to nothing else; it was printed in small type under a line.
"""


def kinds(text: str) -> list[str]:
    return [block.kind for block in read_issue(text).blocks]


def again(text: str) -> list[str]:
    found = read_issue(text, date(2018, 1, 1))
    from dataclasses import replace

    return render_text(replace(NO_ISSUE, printed_head=found.head, blocks=found.blocks)).split()


def test_every_part_finds_its_block():
    found = read_issue(ISSUE)
    assert (found.day, found.contact, found.title) == (
        date(2018, 10, 9),
        "desk@example.org",
        "Farmers Learn to Read the River Again",
    )
    feature, *_ = found.blocks
    assert (
        feature.dateline == "Bamako (TMK)"
        and feature.link.words == "Read more"
        and feature.share.endswith("| Facebook")
    )
    assert feature.picture.credit == "Passage Network/Ada Obi"
    quote = next(b for b in found.blocks if b.kind == "quote")
    assert (quote.title, quote.name) == ("Quote of the day", "Rosa Menchaca, bus driver, Tapachula")
    first, second = (b for b in found.blocks if b.kind == "press_review")
    assert (first.section, first.title, second.section) == (
        "press_review",
        "Media Monitoring Highlights",
        "trending",
    )
    assert [[name for name, _ in line.urls] for line in first.lines] == [
        ["The Harbour Times", "Al Marsa", "Radio Costa"],
        ["Trinidad and Tobago Guardian"],
        ["The National"],
    ]
    assert (
        first.lines[0].mention.startswith("They cited") and first.lines[2].mention == "It quoted Karen Oduya."
    )
    assert second.lines[2].names == ("The Post", ", ", "El Faro", ", and others")
    assert [u.line for u in found.unplaced] == [len(ISSUE.splitlines())]
    assert again(ISSUE) == ISSUE.split()


def test_text_set_to_a_measure_reads_the_same():
    import textwrap

    wrapped = "\n".join(textwrap.fill(line, 72) if line else "" for line in ISSUE.splitlines())
    assert kinds(wrapped) == kinds(ISSUE)
    assert again(wrapped) == ISSUE.split()


@pytest.mark.parametrize("mark", ["•", "-", "*", ""])
def test_lines_are_found_with_any_bullet_or_none(mark):
    text = f"1 May 2016\n\n{mark} Rudaw reported that it rained.\n\n{mark} BBC featured a painter."
    review = read_issue(text).blocks[0]
    assert [line.names for line in review.lines] == [("Rudaw",), ("BBC",)]
    assert again(text) == text.split()


@pytest.mark.parametrize(
    ("line", "outlets"),
    [
        ("Xinhua reported that", ["Xinhua"]),
        ("Nairobi News and Kenyans reported that", ["Nairobi News", "Kenyans"]),
        ("UrduPoint/Pakistan Point News also reported that", ["UrduPoint/Pakistan Point News"]),
        (
            "Bosnia and Herzegovina Today and El País have reported",
            ["Bosnia and Herzegovina Today", "El País"],
        ),
        (
            "Le Monde, Radio France Internationale & Jeune Afrique published remarks",
            ["Le Monde", "Radio France Internationale", "Jeune Afrique"],
        ),
        ("The Economist's 1843 ran a story", ["The Economist's 1843"]),
    ],
)
def test_outlets_are_told_apart(line, outlets):
    assert list(attribute(f"{line} something.").names[::2]) == outlets


@pytest.mark.parametrize(
    ("line", "outlets", "verb"),
    [
        (
            "Agence Costa (AC) via Harbour News reported that",
            ["Agence Costa (AC)", "Harbour News"],
            "reported",
        ),
        (
            "The Daily Kora, Al Marsa and news24.example detailed",
            ["The Daily Kora", "Al Marsa", "news24.example"],
            "detailed",
        ),
        (
            "The Independent (UK) and openRoad both took a look at",
            ["The Independent (UK)", "openRoad"],
            "both took",
        ),
        ("Jordan Times is reporting", ["Jordan Times"], "is reporting"),
    ],
)
def test_a_bullet_lets_any_verb_begin_the_line(line, outlets, verb):
    found = attribute(f"{line} something.", is_marked=True)
    assert list(found.names[::2]) == outlets and found.body.startswith(verb)
    assert attribute("Relief Network has trained eighty people in three countries.") is None


def test_whom_an_outlet_quotes_is_no_outlet():
    found = attribute("AC, quoting the coast guard, reported that it rained.")
    assert found.names == ("AC", ", quoting the coast guard,") and found.body == "reported that it rained."


@pytest.mark.parametrize(
    "text",
    [
        "He reported it.",
        "Writing in The Post, Ada Obi argues it.",
        "Nothing here is an outlet.",
        "In a speech, the minister said so.",
        "",
    ],
)
def test_a_sentence_is_no_press_line(text):
    assert attribute(text) is None


@given(
    st.lists(
        st.sampled_from(["A", "The B", ", ", " and ", ", and ", " & ", " and others", "and"]), max_size=8
    )
)
def test_what_joins_outlets_gives_the_attribution_back(pieces):
    head = " ".join("".join(pieces).split())
    assert "".join(separate(head)) == head


_LINES = st.sampled_from([line for line in ISSUE.splitlines() if line]) | st.text(max_size=60)


@settings(max_examples=150, deadline=None)
@given(st.lists(_LINES, max_size=14), st.sampled_from(["\n", "\n\n"]))
def test_no_word_is_ever_lost_or_moved(lines, between):
    text = between.join(lines)
    try:
        found = again(text)
    except BadInput:
        assert not text.split() or not read_words(text)
        return
    assert found == read_words(text)


def read_words(text: str) -> list[str]:
    return text.lstrip("\ufeff").split()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12 December 2018", date(2018, 12, 12)),
        ("December 12, 2018", date(2018, 12, 12)),
        ("Le 1er août 2017", date(2017, 8, 1)),
        ("Lunes, 3 de abril de 2017", date(2017, 4, 3)),
        ("99 May 2018", None),
        ("no date", None),
    ],
)
def test_dates_are_read_in_the_forms_that_issues_have(text, day):
    assert stated_date(text) == day


def test_an_issue_without_a_date_says_how_to_give_one():
    with pytest.raises(BadInput, match="--date"):
        read_issue("Rudaw reported that it rained.")


@needs_shared
def test_the_reference_issue_is_imported_whole():
    found = read_issue(REFERENCE.read_text())
    assert not found.unplaced
    assert [b.kind for b in found.blocks] == [
        "feature",
        "gallery",
        "banner",
        "gallery",
        "quote",
        "portrait",
        "press_review",
    ]
    assert [len(line.names[::2]) for line in found.blocks[-1].lines] == [1, 1, 3, 1, 1, 1, 1, 2, 1, 1, 1, 1]


def corrected(page: IssuePage) -> None:
    page.corrections.create(text="It was 79 people.")


@pytest.mark.django_db
class TestTheCommand:
    @pytest.fixture(autouse=True)
    def _site(self, site):
        pass

    def test_the_page_says_the_same_words(self, tmp_path, capsys):
        file = tmp_path / "issue.txt"
        file.write_text(ISSUE)
        call_command("import_issue", str(file), "--dry-run")
        assert not IssuePage.objects.exists()
        call_command("import_issue", str(file), "--publish")
        report = json.loads(capsys.readouterr().out.splitlines()[-1])
        page = IssuePage.objects.get(pk=report["issue"])
        assert page.live and page.day == date(2018, 10, 9)
        assert render(issue_of(page), "text").split() == ISSUE.split()
        for format in ("html", "email", "json"):
            assert "brought ashore" in render(issue_of(page), format)

    def test_a_second_time_it_must_be_meant(self, tmp_path, capsys):
        file = tmp_path / "issue.txt"
        file.write_text(ISSUE)
        call_command("import_issue", str(file))
        with pytest.raises(CommandError) as refused:
            call_command("import_issue", str(file))
        assert refused.value.returncode == 2 and "--replace takes its place" in capsys.readouterr().err
        call_command("import_issue", str(file), "--replace")
        assert IssuePage.objects.count() == 1

    @pytest.mark.parametrize("since", ["edited", "published", "taken off", "in approval", "planned"])
    def test_what_somebody_has_worked_on_is_not_replaced(self, tmp_path, capsys, admin_user, since):
        file = tmp_path / "issue.txt"
        file.write_text(ISSUE)
        call_command("import_issue", str(file))
        page = IssuePage.objects.get()
        page.title = "Words of an editor"
        if since == "planned":
            page.go_live_at = timezone.now() + timedelta(days=1)
            page.save_revision().publish(skip_permission_checks=True)
        elif since == "in approval":
            page.save_revision()
            page.get_workflow().start(page, admin_user)
        elif since == "published":
            page.save_revision().publish(user=admin_user, skip_permission_checks=True)
        elif since == "taken off":
            page.save_revision().publish(skip_permission_checks=True)
            IssuePage.objects.get().unpublish(user=admin_user)
        else:
            page.save_revision(user=admin_user)
        with pytest.raises(CommandError) as refused:
            call_command("import_issue", str(file), str(tmp_path / "none.txt"), "--replace", "--publish")
        said = capsys.readouterr().err
        assert refused.value.returncode == 2 and "none.txt: can't be read" in said, "the next is read, too"
        assert (
            "worked on since" if since in {"edited", "published", "taken off"} else "take that back first"
        ) in said
        found = IssuePage.objects.get()
        assert found.get_latest_revision_as_object().title == "Words of an editor"

    def test_an_issue_that_takes_another_s_place_keeps_its_editions_and_its_history(self, tmp_path):
        file = tmp_path / "issue.txt"
        file.write_text(ISSUE)
        call_command("import_issue", str(file))
        page = IssuePage.objects.get()
        page.copy_for_translation(Locale.objects.get(language_code="fr"), copy_parents=True)
        file.write_text(ISSUE.replace("brought ashore", "taken ashore"))
        call_command("import_issue", str(file), "--replace", "--publish")
        page = IssuePage.objects.get(pk=page.pk)
        assert page.live and "taken ashore" in render(issue_of(page), "text")
        assert page.get_translations().count() == 1 and page.revisions.count() == 2

    def test_what_is_before_readers_is_not_replaced_unmeant(self, tmp_path, capsys):
        file = tmp_path / "issue.txt"
        file.write_text(ISSUE)
        call_command("import_issue", str(file), "--publish")
        for change, why in ((lambda page: None, "--publish as well"), (corrected, "correct it there")):
            change(IssuePage.objects.get())
            with pytest.raises(CommandError):
                call_command("import_issue", str(file), "--replace")
            assert why in capsys.readouterr().err and IssuePage.objects.get().live

    @needs_shared
    def test_the_reference_issue(self, capsys):
        call_command("import_issue", str(REFERENCE))
        call_command("render_issue", "latest", "--format", "text")
        out = capsys.readouterr().out
        assert out[out.index("\n") :].split() == REFERENCE.read_text().split()

    @pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"no date at all"])
    def test_what_is_no_issue_is_refused_in_words(self, tmp_path, content):
        file = tmp_path / "issue.txt"
        file.write_bytes(content)
        with pytest.raises(CommandError):
            call_command("import_issue", str(file))
        assert not IssuePage.objects.exists()
