"""The way of an issue, step by step, each by somebody of one role alone."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from griot.demo.core.wire import FOLDER, Wire
from griot.demo.hands import PASSWORD, Album, Hand, invitation
from griot.press.core.sources.opml import Subscribed, write_opml

LINES = 8
# Groups by their names: what is driven is the newsroom that runs, and nothing of it is loaded here.
DUTY_EDITOR, CHIEF_EDITOR = "Duty editor", "Chief editor"
TRANSLATOR, MAILING_MANAGER = "Translator", "Mailing manager"
TEAM = {"ana": DUTY_EDITOR, "bo": CHIEF_EDITOR, "ines": TRANSLATOR, "mo": MAILING_MANAGER}
WRITTEN = tomllib.loads((FOLDER / "walk.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class House:
    """A newsroom that runs at `url`: its administrator's password, its outbox, the wire that it may hear."""

    url: str
    password: str
    outbox: Path
    wire: Wire


def walk(chrome: Any, house: House, album: Album) -> dict[str, Any]:
    """From the first sign-in to a corrected issue; gives the counts by role, those of the issue, and
    whether it was sent.
    """
    admin = Hand(chrome, house.url, album)
    _first_steps(admin, house)
    hands = {"administrator": admin}
    for who, role in TEAM.items():
        hand = hands[role] = Hand(chrome, house.url, album)
        email = f"{who}@kora.example"
        hand.accept(invitation(house.outbox, email), email, "the-invitation" if who == "ana" else "")
    duty, chief = hands[DUTY_EDITOR], hands[CHIEF_EDITOR]
    translator, manager = hands[TRANSLATOR], hands[MAILING_MANAGER]
    _make_the_issue(duty)
    with _counted(duty) as issue:
        _choose(duty)
        _submit(duty)
    _readers(manager)
    _approve(chief)
    _translate(translator)
    _publish(chief)
    was_sent = _send(manager)
    _correct(duty, chief, manager)
    return {
        "roles": {role: hand.counts for role, hand in hands.items()},
        "issue": {"lines": LINES, **issue},
        "pictures": len(album.taken),
        "sent": was_sent,
    }


@contextmanager
def _counted(hand: Hand) -> Iterator[dict[str, int]]:
    before, found = hand.counts, dict[str, int]()
    yield found
    found.update({what: count - before[what] for what, count in hand.counts.items()})


def _first_steps(admin: Hand, house: House) -> None:
    admin.sign_in("admin", house.password)
    admin.take("an-empty-house", phone=True)
    admin.go("text=The newsroom’s name")
    admin.prove_a_second_factor(house.password, "a-second-factor")
    admin.write("[name=name]", "The Morning Kora")
    admin.write("[name=contact]", "newsdesk@passage-network.example")
    admin.take("its-name")
    admin.go("button:has-text('Save')")
    admin.open("/admin/")
    admin.go(".griot-first a:has-text('Sources that')")
    with tempfile.NamedTemporaryFile(suffix=".opml") as file:
        file.write(_list_of(house.wire))
        file.flush()
        admin.page.set_input_files("#opml", file.name)
        admin.take("a-list-of-sources")
        admin.go("button:has-text('Add its sources')")
    admin.open("/admin/")
    admin.go(".griot-first a:has-text('A second person')")
    for n, (who, role) in enumerate(TEAM.items()):
        if n:
            admin.go("a:has-text('Invite a colleague')")
        admin.write("[name=email]", f"{who}@kora.example")
        admin.write("[name=first_name]", who.title())
        admin.click(f"label.griot-role:has(strong:text-is('{role}')) input")
        if not n:
            admin.take("a-colleague-is-invited")
        admin.go("button:has-text('Send the invitation')")
    admin.take("who-does-what")


def _list_of(wire: Wire) -> bytes:
    """What another reader would export of the wire."""
    rows = [
        Subscribed(o.name, wire.feed_url(o), f"http://{wire.host(o.slug)}/", o.language)
        for o in wire.outlets.values()
    ]
    return write_opml(rows, "What we read")


def _make_the_issue(duty: Hand) -> None:
    duty.take("the-duty-editor")
    duty.go("button:has-text('Make today')")
    duty.take("todays-issue-is-made")
    duty.page.locator("a.button:has-text('Go to the desk')").wait_for()
    duty.go("a.button:has-text('Go to the desk')")
    duty.page.locator("#desk-said").wait_for(state="attached")
    duty.take("the-desk", phone=True)


def _choose(duty: Hand) -> None:
    """Eight lines: the best of the night but one, and one in the editor's words."""
    is_edited = False
    for n in range(LINES):
        if n == LINES // 2:
            duty.press("d", "Discarded")
        body = _line_that_stands_open(duty)
        words = next((pair for pair in WRITTEN["edit"].items() if pair[0] in body), None)
        if words and not is_edited:
            duty.press("e")
            duty.page.wait_for_selector(".desk-edit textarea:focus")
            duty.retype(body.replace(*words))
            duty.take("a-line-is-edited")
            duty.press("Control+Enter", "Edited")
            is_edited = True
        duty.press("a", "Accepted")
        duty.page.locator(f"[data-placed]:text-is('{n + 1}')").wait_for()
    duty.press("i")
    duty.page.wait_for_selector("#issue-pane a[href*='/preflight/']")
    duty.take("the-issue", phone=True)
    if not is_edited:
        raise SystemExit("no line of the issue holds words of [edit] in demo/walk.toml")


def _line_that_stands_open(duty: Hand) -> str:
    """The line of the story that one is at, once that story has come."""
    story = duty.page.locator(".desk-row.is-current").get_attribute("data-story")
    duty.page.locator(f".desk-story[data-story='{story}']").wait_for()
    return str(duty.page.input_value(".desk-edit textarea"))


def _submit(duty: Hand) -> None:
    duty.go("#issue-pane a[href*='/preflight/']")
    duty.go("form[action*='/editions/'] button")
    duty.take("its-pre-flight")
    duty.go("a.button:has-text('Edit the issue')")
    duty.more()
    duty.take("it-is-submitted")
    duty.go("[name=action-submit]")


def _readers(manager: Hand) -> None:
    """The mailing manager's first step: an audience, a subscriber, and the subscription of both."""
    manager.open("/admin/")
    manager.take("the-mailing-manager")
    manager.go(".griot-first a:has-text('An audience')")
    manager.prove_a_second_factor(PASSWORD)
    manager.write("[name=name]", "Staff in Dakar")
    manager.choose("[name=language]", value="fr")
    manager.go("button:has-text('Create')")
    manager.open("/admin/")
    manager.go(".griot-first a:has-text('An audience')")
    manager.write("[name=email]", "awa.ndiaye@reader.example")
    manager.write("[name=name]", "Awa Ndiaye")
    manager.go("button:has-text('Create')")
    manager.open("/admin/")
    manager.go(".griot-first a:has-text('An audience')")
    manager.choose("[name=audience]", index=1)
    manager.choose("[name=subscriber]", index=1)
    manager.take("a-first-reader")
    manager.go("button:has-text('Create')")


def _approve(chief: Hand) -> None:
    chief.open("/admin/")
    chief.take("the-chief-editor")
    chief.go(".griot-first a:has-text('The beat')")
    chief.take("the-beat")
    chief.go("button:has-text('Keep it as it is')")
    chief.open("/admin/")
    chief.go("a.button:has-text('Pre-flight')")
    chief.take("what-keeps-it-in")
    chief.go("a.button:has-text('Edit the issue')")
    chief.more()
    chief.take("it-is-approved")
    chief.go("[data-workflow-action-name=approve]")


def _translate(translator: Hand) -> None:
    page = translator.page
    translator.open("/admin/")
    translator.take("the-translator")
    translator.go("li:has-text('Français') a")
    todo = page.locator("button:text-is('Translate')")
    todo.first.wait_for()
    for n in range(todo.count()):
        translator.click("button:text-is('Translate')")
        segment = page.locator("li.incomplete:has(textarea:focus)")
        translator.retype(_french(segment.inner_text()))
        if n == 1:
            translator.take("a-line-in-french")
        left = todo.count()
        translator.click("li.incomplete button:text-is('Save')")
        segment.wait_for(state="detached")
        page.wait_for_timeout(300)
        if todo.count() > left:
            raise SystemExit(f"a translation was not taken: {page.url}")
    translator.open("/admin/")
    translator.take("all-is-translated")


def _french(segment: str) -> str:
    for english, french in WRITTEN["french"].items():
        if english in segment:
            return str(french)
    raise SystemExit(f"demo/walk.toml has no French of: {segment}")


def _publish(chief: Hand) -> None:
    chief.open("/admin/")
    chief.go("a.button:has-text('Edit it')")
    chief.more()
    chief.take("it-is-published")
    chief.go("[name=action-publish]")
    chief.open("/admin/")
    chief.go("li:has-text('Français') a")
    chief.click("button:has-text('Publish in Français')")
    chief.page.locator("text=Published 'Revue").first.wait_for()


def _send(manager: Hand) -> bool:
    manager.open("/admin/")
    manager.go("text=Send it, or plan it")
    mail = "article.griot-inbox:has(h3:has-text('Français')) "
    manager.write(f"{mail}[name=subject]", "8 sujets dans la presse de la nuit")
    manager.go(f"{mail}button:has-text('Save the subject')")
    manager.go(f"{mail}button:has-text('Send a test to me')")
    manager.take("its-mail", phone=True)
    manager.go(f"{mail}a:has-text('See the mail')")
    manager.take("as-it-is-read")
    manager.page.go_back()
    manager.click("summary:has-text('Send now')")
    manager.take("are-you-sure")
    manager.go("button:has-text('Yes, send to')")
    finished = manager.page.locator("text=Finished on")
    finished.wait_for()
    manager.take("it-is-sent")
    return finished.count() == 1 and "1 of 1" in finished.inner_text()


def _correct(duty: Hand, chief: Hand, manager: Hand) -> None:
    """A line of the sent issue is mended and approved again, and a note says so to those who have read it."""
    was, now = WRITTEN["correction"]["before"], WRITTEN["correction"]["after"]
    duty.open("/admin/")
    duty.go("a.button:has-text('Edit it')")
    duty.page.wait_for_timeout(2500)  # the editor's scripts have made its fields
    at = "(fields, was) => fields.findIndex(field => field.value.includes(was))"
    n = duty.page.locator("textarea").evaluate_all(at, was)
    if n < 0:
        raise SystemExit(f"no line of the issue holds the words of [correction] in demo/walk.toml: {was}")
    line = duty.page.locator("textarea").nth(n)
    duty.uncover(line)
    line.click()
    duty.clicks += 1
    duty.retype(line.input_value().replace(was, now))
    duty.take("a-mistake-is-mended")
    duty.more()
    duty.go("[name=action-submit]")
    chief.open("/admin/")
    chief.take("asked-again")
    chief.go("a.button:has-text('Edit it')")
    chief.more()
    chief.go("[data-workflow-action-name=approve]")
    chief.open("/admin/")
    chief.go("a.button:has-text('Edit it')")
    chief.more()
    chief.go("[name=action-publish]")
    chief.open("/admin/")
    chief.go("a.button:has-text('Correct')")
    chief.write("[name=text]", WRITTEN["correction"]["note"])
    chief.write("[name=fr]", WRITTEN["correction"]["french"])
    chief.take("a-correction")
    chief.go("button:has-text('Publish the correction')")
    manager.open("/admin/")
    manager.take("a-correction-to-send")
    manager.go("text=Send it, or not")
    manager.go("button:has-text('Yes, send it to them')")
    manager.page.locator("text=Finished on").wait_for()
    duty.open("/")
    duty.sees(WRITTEN["correction"]["note"][:40])
    duty.take("as-readers-see-it", phone=True)
