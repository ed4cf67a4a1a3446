"""Before an issue goes out: pictures and their rights, the pre-flight, approval by a second
person, frames, editions.
"""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from wagtail.models import Locale

from griot.characters import fit_text
from griot.digest.core.rendering import render
from griot.digest.models import IssueFrame, IssuePage, LinkCheck, Newsroom, Picture
from griot.digest.morning.assembling import start_issue
from griot.digest.release.approving import approval_of, state_of, why_not
from griot.digest.release.editions import make_editions, translate_editions
from griot.digest.release.judging import answer
from griot.digest.release.linking import check_links_of
from griot.digest.release.preflight import preflight, spam_score
from griot.digest.site.composing import issue_of
from griot.press.models import Line, Override, Story
from griot.press.stories.lines import draft_story
from griot.testimonies.core.media.pictures import read_metadata, without_metadata
from griot.troubles.models import Trouble
from tests.digest.desk.nights import tell
from tests.digest.issues import make_issue

XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"
 photoshop:Credit="Agence Rive"><dc:creator><rdf:Seq><rdf:li>Ada Obi</rdf:li></rdf:Seq></dc:creator>
 <dc:description><rdf:Alt><rdf:li xml:lang="x-default">A boat at a pier</rdf:li></rdf:Alt></dc:description>
 <xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang="x-default">CC BY 4.0</rdf:li></rdf:Alt></xmpRights:UsageTerms></rdf:Description></rdf:RDF></x:xmpmeta>"""


def photo(format: str = "JPEG", xmp: bytes = XMP, orientation: int = 1) -> bytes:
    """A picture that says who took it, and where."""
    exif = Image.Exif()
    exif[0x013B], exif[0x010E], exif[0x0112] = "Bo Lind", "From the EXIF", orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (14.0, 41.0, 34.0), 3: "W", 4: (17.0, 26.0, 48.0)})
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((90, 60)).save(
        out, format, exif=exif, **({"xmp": xmp} if xmp else {})
    )
    return out.getvalue()


# --- pictures ----------------------------------------------------------------------------


def test_a_file_says_who_took_the_picture_and_what_it_shows():
    said = read_metadata(photo())
    assert (said.credit, said.description, said.licence) == (
        "Agence Rive/Ada Obi",
        "A boat at a pier",
        "CC BY 4.0",
    )
    said = read_metadata(photo(xmp=b""))
    assert (said.credit, said.description) == ("Bo Lind", "From the EXIF")
    assert read_metadata(b"no picture").credit == ""


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_nothing_of_it_is_kept_and_the_picture_stands_upright(format):
    before = photo(format, orientation=6)
    assert b"Bo Lind" in before
    after = without_metadata(before)
    image = Image.open(io.BytesIO(after))
    assert image.format == format and image.size == (60, 90)
    assert not dict(image.getexif()) and not image.getexif().get_ifd(0x8825) and not image.getxmp()
    assert b"Bo Lind" not in after and b"Ada Obi" not in after
    assert without_metadata(after) and Image.open(io.BytesIO(without_metadata(after))).size == (60, 90)


@pytest.mark.django_db
def test_uploading_fills_in_the_form_and_strips_the_file(admin_client, site):
    file = SimpleUploadedFile("boat.jpg", photo(), "image/jpeg")
    answer = admin_client.post(
        "/admin/images/add/", {"title": "Boat", "file": file, "collection": 1, "tags": ""}
    )
    if answer.status_code == 200 and "errorlist" in answer.content.decode():
        raise AssertionError(answer.content.decode()[:3000])
    picture = Picture.objects.get()
    assert (picture.credit, picture.description, picture.licence) == (
        "Agence Rive/Ada Obi",
        "A boat at a pier",
        "CC BY 4.0",
    )
    with picture.file.open() as stored:
        assert b"Ada Obi" not in stored.read()


@pytest.mark.django_db
def test_a_picture_that_says_nothing_must_be_described_by_hand(site):
    from wagtail.images.forms import get_image_form

    form_class = get_image_form(Picture)
    file = SimpleUploadedFile("plain.jpg", photo(xmp=b"")[:2] + without_metadata(photo())[2:], "image/jpeg")
    form = form_class({"title": "Plain", "collection": 1, "tags": ""}, {"file": file}, instance=Picture())
    assert not form.is_valid() and {"credit", "description"} <= set(form.errors)


# --- pre-flight ----------------------------------------------------------------------------


@pytest.fixture
def issue(site):
    issue = make_issue(day=timezone.localdate(), live=False)
    issue.save_revision()
    return issue


def told(page: IssuePage, level: str = "") -> str:
    return "\n".join(f"{f.level}: {f.text}" for f in preflight(page) if level in ("", f.level))


@pytest.mark.django_db
class TestThePreflight:
    def test_an_issue_in_order_blocks_nothing(self, issue):
        assert not told(issue, "must")

    def test_claims_that_no_article_supports_and_who_answers_for_them(self, issue, admin_user):
        story = Story.objects.create(first_published=timezone.now(), last_published=timezone.now())
        line = Line.objects.create(
            story=story,
            outlets=[],
            body="reported that 57 <b>people</b> & others agreed.",
            ok=False,
            claims=[{"text": "57", "kind": "number", "url": "", "passage": ""}],
        )
        issue.body[5].value["lines"][0]["story"] = story.pk
        found = next(f for f in preflight(issue) if f.level == "must")
        assert (
            found.text.startswith("No article supports this: “57”")
            and found.story == story.pk
            and found.place.endswith("-section")
        )
        Override.objects.create(line=line, claim="57", by=admin_user, why="counted them myself")
        assert "know: Vouched for by name: “57” – admin: counted them myself" in told(issue)
        line.body = "something else"
        line.save()
        assert "Changed in the issue, and not checked" in told(issue, "should")

    def test_pictures_without_rights_credit_or_words(self, issue):
        Picture.objects.update(rights_until=timezone.localdate() + timedelta(days=2))
        assert "Pictures whose rights end soon: “A picture” after" in told(IssuePage.objects.get(), "should")
        Picture.objects.update(
            rights_until=timezone.localdate() - timedelta(days=2), credit="", description=" "
        )
        found = told(IssuePage.objects.get(), "must")
        assert (
            "whose rights have ended: “A picture”" in found
            and "without a credit: “A picture”" in found
            and "nobody has described: “A picture”" in found
        )

    def test_terms_repeated_outlets_bare_links_and_size(self, issue):
        lines = issue.body[5].value["lines"]
        lines[0]["body"] = "reported that illegal migrants came in waves of arrivals."
        lines[1]["outlets"][0]["name"] = "MENAFN"
        lines[1]["outlets"][1]["url"] = ""
        issue.body[0].value["link"]["url"] = ""
        found = told(issue)
        for words in (
            "the house writes “undocumented migrants”",
            "Outlets in several lines: MENAFN (2)",
            "Named without a link: Outlet b",
            "These words lead nowhere: “Read here”",
        ):
            assert words in found, words
        lines[0]["body"] = "reported " + "very " * 24000
        assert "would have" in told(issue, "must")

    def test_a_line_that_stays_in_its_articles_language_is_named(self, issue):
        assert "A line in another language" not in told(issue)
        issue.body[5].value["lines"][0]["body"] = (
            "informó que más de 300 personas vieron en Pikine un documental hecho por doce migrantes."
        )
        said = "A line in another language: “informó que más de 300 personas vieron en Pikine"
        assert said in told(issue, "should") and "(Spanish)" in told(issue, "should")

    def test_a_story_told_this_week_is_named(self, issue):
        earlier = make_issue(day=timezone.localdate() - timedelta(days=3), live=False)
        for page in (earlier, issue):
            page.body[5].value["lines"][0]["story"] = 4242
        earlier.save_revision().publish(skip_permission_checks=True)
        assert "Told this week already: “reported that 57" in told(issue, "should")

    def test_dead_links_are_found_by_a_job(self, issue, web, settings):
        settings.FETCH_ALLOWED = frozenset({f"here.localhost:{web.port}"})
        settings.FETCH_DELAY = 0
        issue.body[0].value["link"]["url"] = f"http://here.localhost:{web.port}/gone"
        issue.body[1].value["pictures"][0]["link"]["url"] = f"http://here.localhost:{web.port}/there"
        web.pages["here/there"] = (200, {}, b"yes")
        issue.save_revision()
        check_links_of(issue.pk)
        assert f"Dead links: http://here.localhost:{web.port}/gone (not found (HTTP 404))" in told(
            issue, "should"
        )
        assert LinkCheck.objects.get(url__endswith="/there").error == ""
        assert "being checked" not in told(issue)

    def test_spam_is_scored_where_there_is_a_program_for_it(self, issue, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        assert spam_score(issue_of(issue)) is None and "SpamAssassin is not installed" in told(issue, "know")
        program = tmp_path / "spamassassin"
        program.write_text(
            "#!/bin/sh\n/bin/cat >/dev/null\necho 'X-Spam-Status: Yes, score=7.3 required=5.0'\n"
        )
        program.chmod(0o755)
        assert "It may be taken for spam: 7.3 points" in told(issue, "should")

    def test_its_room_leads_to_each_place(self, admin_client, issue):
        issue.body[0].value["link"]["url"] = ""
        issue.save_revision()
        page = admin_client.get(f"/admin/issues/preflight/{issue.pk}/").content.decode()
        assert (
            f'/admin/pages/{issue.pk}/edit/#block-{issue.body[0].id}-section"' in page
            and "These words lead nowhere" in page
        )


# --- approval ------------------------------------------------------------------------------


@pytest.mark.django_db
class TestApproval:
    @pytest.fixture
    def people(self, issue):
        users = get_user_model().objects
        found = [users.create_user(name, password="x") for name in ("ana", "bo")]
        for user in found:
            user.groups.set(Group.objects.filter(name__in=["Duty editor", "Chief editor"]))
        issue.save_revision(user=found[0])
        return found

    def submit(self, issue, user):
        return issue.get_workflow().start(IssuePage.objects.get(pk=issue.pk), user)

    def test_nobody_approves_what_they_edited(self, issue, people, client):
        ana, bo = people
        assert "not been approved by a second person" in why_not(issue)
        self.submit(issue, ana)
        page = IssuePage.objects.get()
        task = page.current_workflow_task
        assert state_of(page) == "in approval"
        assert "approve" not in {a[0] for a in task.get_actions(page, ana)}
        with pytest.raises(Exception, match="another person"):
            task.on_action(page.current_workflow_task_state, ana, "approve")
        task.on_action(page.current_workflow_task_state, bo, "approve")
        page = IssuePage.objects.get()
        assert approval_of(page) and state_of(page) == "approved" and why_not(page) == "" and not page.live
        page.save_revision(user=bo)
        assert approval_of(page), "saved, but as it was"
        page = page.get_latest_revision_as_object()
        page.body[0].value["title"] = "Another title"
        page.save_revision(user=bo)
        assert "not been approved" in why_not(IssuePage.objects.get()), "what was approved has been changed"

    def test_publishing_unapproved_keeps_the_draft_and_says_why(self, issue, people, client):
        ana, _ = people
        client.force_login(ana)
        from griot.digest.wagtail_hooks import only_what_may_go_out

        request = client.get("/admin/").wsgi_request
        assert only_what_may_go_out(request, IssuePage.objects.get()) is not None
        Newsroom.objects.update(needs_second_person=False)
        assert only_what_may_go_out(request, IssuePage.objects.get()) is None

    def test_alone_one_may_publish(self, issue, admin_user):
        assert why_not(issue) == ""


# --- frames and editions -------------------------------------------------------------------


@pytest.mark.django_db
def test_an_issue_begins_with_yesterdays_frame(site):
    yesterday = make_issue(day=timezone.localdate() - timedelta(days=1))
    issue = start_issue(timezone.localdate(), "en")
    assert [b.block_type for b in issue.body] == ["banner", "press_review", "share"]
    assert not issue.body[1].value["lines"]
    assert not {b.id for b in issue.body} & {b.id for b in yesterday.body}
    assert start_issue(timezone.localdate(), "en").pk == issue.pk


@pytest.mark.django_db
def test_a_weekdays_template_comes_before_yesterdays_frame(site):
    make_issue(day=timezone.localdate() - timedelta(days=1))
    frame = IssueFrame.objects.create(
        name="Any day", weekdays=[1, 2, 3, 4, 5, 6, 7], body=[("text", "<p>Good morning.</p>")]
    )
    assert [b.block_type for b in start_issue(timezone.localdate(), "en").body] == ["text"]
    with pytest.raises(Exception, match="“Any day” is the template"):
        IssueFrame(name="Other", weekdays=[3]).clean()
    frame.delete()


@pytest.mark.django_db
class TestEditions:
    def test_what_nobody_has_translated_is_marked_in_every_format(self, issue, client):
        editions = make_editions(issue)
        assert sorted(e.language for e in IssuePage.objects.exclude(pk=issue.pk)) == ["ar", "es", "fr"]
        arabic = next(e for e in editions if e.locale.language_code == "ar").specific
        value = issue_of(arabic)
        line = next(b for b in value.blocks if b.kind == "press_review").lines[0]
        assert value.is_right_to_left and line.state == "untranslated" and line.names[1] == " and "
        web = render(value, "html")
        assert "لم يُترجم بعد" in web and 'lang="en" dir="ltr"' in web
        for format in ("email", "text"):
            assert "لم يُترجم بعد" in render(value, format)
        assert "Nobody has translated this: 2 lines" in told(arabic, "must")

    def test_the_machines_words_are_marked_until_somebody_has_read_them(
        self, issue, admin_user, settings, web
    ):
        from wagtail_localize.models import StringTranslation

        web.pages["here/translate"] = lambda handler, body: (
            200,
            {},
            json.dumps({"translatedText": "[fr] " + json.loads(body)["q"]}).encode(),
        )
        settings.TRANSLATOR = f"libretranslate+http://127.0.0.1:{web.port}"
        make_editions(issue, admin_user)
        translate_editions(issue, admin_user)
        french = IssuePage.objects.get(language="fr")
        line = next(b for b in issue_of(french).blocks if b.kind == "press_review").lines[0]
        assert line.state == "machine" and line.body.startswith("[fr] reported") and line.names[1] == " et "
        assert [name for name, _ in line.urls] == ["The Gulf Today", "MENAFN"], "names are never translated"
        assert "Traduit par une machine" in render(issue_of(french), "html")
        StringTranslation.objects.filter(locale=french.locale).update(
            translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL
        )
        assert not next(b for b in issue_of(french).blocks if b.kind == "press_review").lines[0].state

    @pytest.mark.parametrize("words", ["x" * 400, "[fr] a\0b", "[fr] a\ud800b"])
    def test_what_a_machine_says_ends_no_language(self, issue, admin_user, settings, web, words):
        from wagtail_localize.models import StringTranslation

        web.pages["here/translate"] = json.dumps({"translatedText": words})
        settings.TRANSLATOR = f"libretranslate+http://127.0.0.1:{web.port}"
        for _ in range(2):
            make_editions(issue, admin_user)
            translate_editions(issue, admin_user)
        said = StringTranslation.objects.filter(tool_name="the newsroom’s translator")
        languages = set(said.values_list("locale__language_code", flat=True))
        assert languages == {"ar", "es", "fr"} and not Trouble.objects.exists()
        french = IssuePage.objects.get(language="fr").get_latest_revision_as_object()
        title = issue.title if len(words) == 400 else fit_text(words)
        assert french.title == title, "what no column can hold stays as it is in the original"

    def test_an_edition_that_is_written_by_hand_is_left_as_it_is(self, issue, admin_client):
        from wagtail_localize.models import Translation

        make_editions(issue)
        Translation.objects.filter(target_locale__language_code="fr").update(enabled=False)
        french = IssuePage.objects.get(language="fr")
        french.title = "À la main"
        french.save_revision()
        answer = admin_client.post(f"/admin/issues/editions/{issue.pk}/", follow=True)
        assert IssuePage.objects.get(pk=french.pk).get_latest_revision_as_object().title == "À la main"
        said = re.sub(r"\s+", " ", answer.content.decode())
        assert "2 editions are up to date" in said and "by hand: Français" in said

    def test_who_is_gone_or_may_not_edit_translates_nothing_and_nothing_fails(self, issue, settings, web):
        settings.TRANSLATOR = f"libretranslate+http://127.0.0.1:{web.port}"
        make_editions(issue)
        for user in (None, get_user_model().objects.create_user("reader")):
            translate_editions(issue, user)
        assert not web.seen and not Trouble.objects.exists()

    def test_an_issue_whose_template_leaves_texts_out_has_editions(self, issue):
        line = {"body": "reported that …", "links": [{"name": "AFP", "url": "https://afp.example/1"}]}
        left_out = [{"type": "press_review", "value": {"lines": [{"type": "item", "value": line}]}}]
        issue.body = issue.body.stream_block.to_python(left_out)
        assert issue.body[0].value["title"] is None
        issue.save_revision()
        assert len(make_editions(issue)) == 3

    def test_editions_follow_the_draft_and_know_each_other(self, issue, client, settings):
        make_editions(issue)
        issue.body[5].value["lines"][0]["body"] = "reported that all is changed."
        issue.save_revision()
        make_editions(issue)
        assert "all is changed" in render(issue_of(IssuePage.objects.get(language="es")), "html")
        for page in IssuePage.objects.all():
            page.get_latest_revision().publish(skip_permission_checks=True)
        day = timezone.localdate()
        english, arabic = client.get(f"/{day}/").content.decode(), client.get(f"/ar/{day}/").content.decode()
        assert f'hreflang="ar" href="http://localhost:8000/ar/{day}/"' in english and 'dir="rtl"' in arabic
        assert f'href="http://localhost:8000/{day}/"' in arabic
        assert client.get("/fr/archive/").status_code == client.get("/es/feed/").status_code == 200

    def test_every_language_has_a_front_and_its_own_words(self, site, client):
        for locale in Locale.objects.exclude(language_code="en"):
            assert client.get(f"/{locale.language_code}/").status_code == 200
        page = client.get("/ar/2001-01-01/")
        assert (
            page.status_code == 404
            and 'dir="rtl"' in page.content.decode()
            and "هذه الصفحة غير موجودة" in page.content.decode()
        )


@pytest.mark.django_db
class TestWordsThatWereChangedInTheIssue:
    @pytest.fixture
    def draft(self, issue, django_user_model):
        """An issue with one line of a story, as the desk has placed it."""
        story = tell("57 migrants rescued off Lampedusa", "Wirepoint")
        draft_story(story, "en")
        line = story.lines.get()
        assert line.ok
        value = issue.body[5].value["lines"][0]
        value["story"], value["body"] = story.pk, line.body
        value["outlets"] = [{"name": o["name"], "url": o["url"]} for o in line.outlets]
        return issue

    def test_a_wrong_figure_keeps_the_issue_in(self, draft):
        value = draft.body[5].value["lines"][0]
        assert not told(draft, "must")
        value["body"] = "reported that 3 boats were met near Lampedusa on Sunday."
        assert not told(draft, "must") and "Changed in the issue" in told(draft, "know")
        value["body"] = "reported that 58 boats were met near Lampedusa on Sunday."
        assert "No article supports this: “58” in “reported that 58 boats" in told(draft, "must")

    @pytest.mark.parametrize("how", ["no story", "a story that is gone", "its line is gone"])
    def test_it_is_checked_whatever_has_become_of_its_story(self, draft, how):
        value = draft.body[5].value["lines"][0]
        value["body"] = "reported that 58 boats were met near Lampedusa on Sunday."
        if how == "its line is gone":
            Line.objects.all().delete()
        else:
            value["story"] = None if how == "no story" else 10**9
        [finding] = [f for f in preflight(draft) if f.level == "must"]
        assert finding.where.startswith("“58” in") and finding.judgement.name == "claims"

    def test_who_may_approve_answers_for_what_the_newsroom_has_not_read(self, draft, admin_user):
        value = draft.body[5].value["lines"][0]
        value["story"], value["body"] = None, "reported that 58 boats were met near Lampedusa on Sunday."
        [finding] = [f for f in preflight(draft) if f.level == "must"]
        answer(draft, finding.judgement, admin_user, "I was there and counted")
        assert not told(draft, "must") and "I was there and counted" in told(draft, "know")
        value["body"] = "reported that 59 boats were met near Lampedusa on Sunday."
        assert "“59”" in told(draft, "must"), "it was said of other words"

    def test_a_line_by_hand_of_outlets_that_are_not_listened_to_is_its_editors(self, draft):
        value = draft.body[5].value["lines"][0]
        value["story"], value["outlets"] = None, [{"name": "Le Soir", "url": "https://lesoir.example/9"}]
        value["body"] = "reported that 5,000 people marched."
        assert not told(draft, "must")
