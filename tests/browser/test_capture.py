"""The messenger's phone: records without a network, survives a killed browser, sends over a bad line, and
forgets nothing early.
"""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.utils.dateparse import parse_datetime

from griot.runtime.capturing import is_built
from griot.runtime.programs import chromium as find_chromium
from griot.testimonies.intake import speaking
from griot.testimonies.intake.receiving import examine
from griot.testimonies.keeping import vault
from griot.testimonies.models import CheckIn, ConsentText, Device, File, Guide, Messenger, Module, Testimony
from griot.testimonies.withdrawing import withdraw
from tests.browser.cutting import BadNetwork
from tests.browser.tools import PATIENCE, lighthouse
from tests.support import ROOT
from tests.testimonies import made
from tests.testimonies.people import make_campaign, make_messenger

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not is_built(), reason="the phone app could not be built: there is no Node.js, or no npm registry"
    ),
]
PIN = "246810"
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.fixture
def campaign(site):
    found = make_campaign()
    ConsentText.objects.create(
        campaign=found,
        language="fr",
        text="Votre récit est à vous.\n\nVous pouvez le reprendre à tout moment.",
    )
    prompts = [
        {"id": "leaving", "text": "Comment êtes-vous parti ?"},
        {"id": "now", "text": "Et maintenant ?", "hint": "Laissez du temps."},
    ]
    Guide.objects.create(campaign=found, kind="interview", language="fr", title="Le départ", prompts=prompts)
    return found


@pytest.fixture
def invitation(campaign):
    device = make_messenger(campaign)
    Device.objects.all().delete()
    Messenger.objects.update(state="invited")
    return device.messenger.invite_anew()


class PhoneBrowser:
    """Chromium with a camera and microphone of its own making, and a profile on disk as a phone has."""

    def __init__(self, playwright, folder: Path, network: BadNetwork) -> None:
        self.playwright, self.folder, self.network = playwright, folder, network
        self.open()

    def open(self, width: int = 360) -> None:
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.folder),
            executable_path=find_chromium(),
            args=ARGS,
            viewport={"width": width, "height": 740},
            locale="fr-FR",
            permissions=["camera", "microphone"],
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.pages[0]
        self.page.on("dialog", lambda dialog: dialog.accept())

    def kill(self) -> None:
        """As the battery dies: no process of it is asked."""
        mine = [
            p
            for p in psutil.process_iter(["cmdline"])
            if any(str(self.folder) in part for part in p.info["cmdline"] or [])
        ]
        for process in mine:
            with_children = [process, *process.children(recursive=True)]
            for one in with_children:
                try:
                    os.kill(one.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        try:
            self.context.close()
        except Exception:
            pass
        for lock in self.folder.glob("Singleton*"):
            lock.unlink()

    def join(self, token: str) -> None:
        self.page.goto(f"{self.network.url}/capture/#join={token}")
        self.page.wait_for_selector(
            f"[name=token][value='{token}']"
        )  # the form may have been open without it
        self.page.fill("[name=pin]", PIN)
        self.page.fill("[name=again]", PIN)
        self.page.click("form button.main")
        self.page.wait_for_selector("text=Voices of the Way")
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def unlock(self) -> None:
        self.page.goto(f"{self.network.url}/capture/")
        self.page.fill("[name=pin]", PIN)
        self.page.click("form button.main")
        self.page.wait_for_selector("text=Voices of the Way")

    def consent(self) -> None:
        self.sign_consent()
        self.page.click("button.main:has-text('Suivant')")
        self.page.wait_for_selector("text=Comment êtes-vous parti")

    def sign_consent(self) -> None:
        page = self.page
        page.click("text=Nouveau témoignage")
        page.click("button:has-text('Entretien')")
        self.answer("explained", "read")
        self.answer("uses", "web")
        self.answer("naming", "first_name")
        self.write("name", "Awa Diop")
        self.write("region", "Dakar")
        self.sign()

    def answer(self, name: str, value: str) -> None:
        self.ask(f"[name={name}]")
        self.page.check(f"[name={name}][value={value}]")

    def write(self, name: str, words: str) -> None:
        self.ask(f"[name={name}]")
        self.page.fill(f"[name={name}]", words)

    def ask(self, control: str) -> None:
        """Go to the question of a consent that has a control, as far as it can be gone to."""
        page = self.page
        page.wait_for_selector(".step:not([hidden])")
        position = (
            "(control) => { const steps = [...document.querySelectorAll('.step')]; return"
            " steps.findIndex(one => one.querySelector(control)) - steps.findIndex(one => !one.hidden) }"
        )
        while away := page.evaluate(position, control):
            page.click(".ways button.main" if away > 0 else ".ways button >> nth=0")
            if page.evaluate(position, control) == away:
                break  # something is wrong with what stands there

    def sign(self) -> None:
        self.ask("canvas.sign")
        page = self.page
        page.locator("canvas.sign").scroll_into_view_if_needed()
        box = page.locator("canvas.sign").bounding_box()
        page.mouse.move(box["x"] + 30, box["y"] + 30)
        page.mouse.down()
        page.mouse.move(box["x"] + 150, box["y"] + 60, steps=5)
        page.mouse.up()

    def record(self, media: str, seconds: float) -> None:
        self.page.locator(f".prompts li >> nth=0 >> button:has-text('{media}')").click()
        self.page.wait_for_selector(".sheet .time:has-text('0:01')")
        self.page.wait_for_timeout(seconds * 1000)

    def stored(self) -> int:
        """How many pieces of recordings lie in the phone's store."""
        return self.page.evaluate(
            """() => new Promise((resolve, reject) => { const open = indexedDB.open("griot");
            open.onsuccess = () => { const count = open.result.transaction("chunks").objectStore("chunks").count();
              count.onsuccess = () => { open.result.close(); resolve(count.result) } }; open.onerror = reject })"""
        )

    def stored_bytes(self) -> int:
        return self.page.evaluate(
            """() => new Promise((resolve, reject) => { const open = indexedDB.open("griot");
            open.onsuccess = () => { const all = open.result.transaction("chunks").objectStore("chunks").getAll();
              all.onsuccess = () => { open.result.close(); resolve(all.result.reduce((sum, one) => sum + one.size, 0)) } }; open.onerror = reject })"""
        )


@pytest.fixture
def phone(live_server, chromium, tmp_path, settings):
    """`chromium` is asked for so that the tests skip where there is none; its Playwright drives
    this one, too.
    """
    settings.ALLOWED_HOSTS = ["*"]
    network = BadNetwork(live_server.thread.port)
    driver = chromium.browser_type
    holder = type("Holder", (), {"chromium": driver})
    found = PhoneBrowser(holder, tmp_path / "profile", network)
    yield found
    try:
        print("AT THE END:", found.page.inner_text("body")[:600])  # what a failed test had before it
    except Exception as error:
        print(error)
    try:
        found.context.close()
    finally:
        network.close()
        time.sleep(0.5)


def wait_for(found, seconds: float = PATIENCE / 1000):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if value := found():
            return value
        time.sleep(0.3)
    raise AssertionError("it did not come")


def worker(state: str = "verified", count: int = 1) -> list[File]:
    """What the worker does, until `count` files are in a state."""

    def step():
        for pk in list(File.objects.filter(state="received").values_list("pk", flat=True)):
            examine(pk)
        found = list(File.objects.filter(state=state))
        return found if len(found) >= count else None

    return wait_for(step, 3 * PATIENCE / 1000)


def test_a_recording_made_offline_survives_a_killed_browser_and_is_sent_whole(phone, invitation):
    phone.join(invitation)
    phone.page.reload()
    phone.network.is_down = True  # from here on there is no network, for weeks if it must be
    phone.unlock()
    phone.consent()
    phone.record("Vidéo", 3)
    before = wait_for(lambda: phone.stored() >= 3 and phone.stored())
    phone.kill()

    phone.open()
    phone.unlock()
    phone.page.wait_for_selector("text=Un enregistrement interrompu a été gardé : 1")
    assert phone.stored() >= before - 1
    phone.page.click("text=Continuer")
    card = phone.page.locator(".cards .card", has_text="interrompu")
    card.locator("button:has-text('Écouter')").click()
    seconds = wait_for(
        lambda: (
            phone.page.evaluate("""() => { const v = document.querySelector(".card video"); if (!v) return 0;
          v.currentTime = 1e9; return Number.isFinite(v.duration) ? v.duration : v.currentTime }""")
        )
    )
    assert seconds >= 1.5, "what was recorded until the battery died can be seen"
    phone.record("Son", 1)
    phone.page.click(".sheet button.main")
    phone.page.wait_for_selector(".sheet", state="detached")
    phone.page.click("button:has-text('Terminer')")
    phone.page.wait_for_selector("text=Pas de réseau")
    assert not Testimony.objects.exists() and phone.stored() > 3

    phone.network.is_down = False
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    files = worker(count=3)
    phone.page.wait_for_selector("text=envoyé et vérifié")
    assert sorted(f.media for f in files) == ["audio", "photo", "video"] and {f.role for f in files} == {
        "story",
        "evidence",
    }
    assert wait_for(lambda: phone.stored() == 0), "the phone's copy goes only then, and then it goes"
    testimony = Testimony.objects.get()
    assert (testimony.name, testimony.consent.uses, testimony.consent.naming) == (
        "Awa Diop",
        ["web"],
        "first_name",
    )
    phone.page.click("text=Code de reçu")
    assert len(phone.page.inner_text("code")) == 14


def test_a_line_that_is_cut_twenty_times_and_slow_brings_every_byte(phone, invitation):
    phone.join(invitation)
    phone.consent()
    phone.record("Vidéo", 4)
    wait_for(
        lambda: phone.stored_bytes() > 350_000
    )  # on a busy machine a second has fewer pictures; twenty cuts want their bytes
    phone.page.click(".sheet button.main")
    phone.page.wait_for_selector(".sheet", state="detached")
    phone.network.rate, phone.network.cuts_left = 64_000 / 8, 20
    phone.page.click("button:has-text('Terminer')")
    held = phone.stored()
    deadline = time.monotonic() + 1200
    while (
        File.objects.filter(state__in=["received", "verified"], media__in=["", "video"], role="story").count()
        < 1
    ):
        assert phone.stored() == held, "nothing leaves the phone before the whole is verified"
        assert time.monotonic() < deadline, f"{phone.network.cuts_made} cuts made"
        phone.page.wait_for_timeout(500)
    files = worker(count=2)
    phone.network.rate = None
    assert phone.network.cuts_made == 20
    film = next(f for f in files if f.media == "video")
    assert vault().read(film.vault)[:4] == b"\x1aE\xdf\xa3" and len(film.sha256) == 64
    phone.page.wait_for_selector("text=envoyé et vérifié")
    assert phone.stored() == 0


def finish_with_a_sound(phone) -> None:
    phone.consent()
    tell_a_sound(phone)


def tell_a_sound(phone) -> None:
    phone.record("Son", 1)
    phone.page.click(".sheet button.main")
    phone.page.wait_for_selector(".sheet", state="detached")
    phone.page.click("button:has-text('Terminer')")
    phone.page.wait_for_selector("text=Nouveau témoignage")  # it is stored as finished


@pytest.fixture
def broken_for_evidence(transactional_db):
    """The database fails at every piece of a file that is evidence: the server answers 500. Gives what mends
    it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT role FROM"
            " testimonies_file WHERE id = NEW.file_id) = 'evidence' THEN RAISE 'no room'; END IF; RETURN NEW;"
            " END $$"
        )
        cursor.execute(
            "CREATE TRIGGER fails BEFORE UPDATE ON testimonies_upload FOR EACH ROW EXECUTE FUNCTION fails()"
        )

    def mend() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION IF EXISTS fails CASCADE")

    yield mend
    mend()


def test_what_the_server_fails_at_is_set_aside_the_rest_goes_on_and_it_is_tried_again(
    phone, invitation, broken_for_evidence
):
    phone.join(invitation)
    finish_with_a_sound(phone)
    files = worker(count=1)
    assert [f.role for f in files] == ["story"], "behind the file at which the server fails"
    phone.page.wait_for_selector("text=Mis de côté, à réessayer tout seul : 1")
    phone.page.wait_for_selector(".card:has-text('mis de côté pour l’instant')")
    assert "Pas de réseau" not in phone.page.inner_text("main")
    assert phone.stored() > 0, "it is still on the phone"
    with phone.page.expect_response(lambda answer: "/uploads/" in answer.url and answer.status == 500):
        phone.page.click("text=Réessayer maintenant")
    phone.page.wait_for_selector("text=Mis de côté, à réessayer tout seul : 1")

    broken_for_evidence()
    worker(count=2)
    phone.page.wait_for_selector("text=envoyé et vérifié")
    assert wait_for(lambda: phone.stored() == 0)
    assert phone.page.locator("text=Réessayer maintenant").is_hidden()


def test_what_the_newsroom_would_not_take_of_a_consent_is_said_at_its_field_before_anything_is_recorded(
    phone, invitation
):
    phone.join(invitation)
    phone.sign_consent()
    page = phone.page
    this_year = page.evaluate("new Date().getFullYear()")
    wrong_year = f"Une année de 1900 à {this_year}, en quatre chiffres."

    def is_said(name: str, value: str, words: str) -> None:
        phone.write(name, value)
        page.click("button.main:has-text('Suivant')")
        page.wait_for_selector(f"#slip-{name}:has-text('{words}')")
        assert page.evaluate("document.activeElement.name") == name
        assert page.get_attribute(f"[name={name}]", "aria-describedby") == f"slip-{name}"

    for year in ("90", "19990", "1990.5", "1899", str(this_year + 1)):
        is_said("birth_year", year, wrong_year)
    page.fill("[name=birth_year]", "1990")
    phone.write("until_day", "31")
    page.select_option("[name=until_month]", "1")
    for year in ("2020", "", "2201", "20"):
        page.fill("[name=until_year]", year)
        is_said("until_day", "31", "Un jour du ")
    page.select_option("[name=until_month]", "2")
    page.fill("[name=until_year]", "2190")
    is_said("until_day", "31", "au 31 décembre 2200")
    page.fill("[name=until_day]", "٢٨")
    phone.answer("naming", "alias")
    for alias in ("", "-", "’ʼ"):
        is_said("alias", alias, "Écrivez l’autre nom.")
    for alias in ("Awa Diop", " AWA-DIÓP ", "Ａwa Diop"):
        is_said("alias", alias, "L’autre nom doit être différent du nom.")
    page.fill("[name=alias]", "Ndeye")
    phone.ask("[name=is_minor]")
    page.check("[name=is_minor]")
    for guardian in ("", "-"):
        is_said("guardian", guardian, "Un tuteur doit aussi consentir.")
    assert page.locator(".slip").count() == page.locator("[aria-invalid]").count() == 1
    serious = [v for v in Axe().run(page).response["violations"] if v["impact"] in {"serious", "critical"}]
    assert not serious, serious
    page.fill("[name=guardian]", "Fatou Diop")
    phone.ask("canvas.sign")
    page.click("button.main:has-text('Suivant')")
    page.wait_for_selector("text=Comment êtes-vous parti")
    tell_a_sound(phone)
    row = wait_for(lambda: Testimony.objects.first())
    assert (row.birth_year, str(row.consent.until)) == (1990, "2190-02-28")


@pytest.mark.parametrize("is_signed_anew", [False, True])
def test_a_consent_that_the_newsroom_refused_is_corrected_and_sent_with_what_was_told(
    phone, invitation, is_signed_anew
):
    def is_telling(request) -> bool:
        return request.method == "POST" and request.url.endswith("/testimonies/")

    phone.join(invitation)
    phone.sign_consent()
    page = phone.page
    phone.answer("naming", "alias")
    phone.write("name", "Awa Ŋom")
    phone.write("alias", "Awa Nom")  # which the newsroom reads as the same
    phone.write("until_day", "1")
    page.select_option("[name=until_month]", "5")
    page.fill("[name=until_year]", "2190")
    phone.write("birth_year", "1990")
    phone.ask("canvas.sign")
    page.click("button.main:has-text('Suivant')")
    page.wait_for_selector("text=Comment êtes-vous parti")
    with page.expect_request(is_telling) as asked:
        tell_a_sound(phone)
    before = asked.value.post_data_json["consent"]
    page.wait_for_selector(".card.refused")
    assert page.locator("text=Tout est envoyé").count() == 0
    page.click(".card.refused button:has-text('Continuer')")
    page.wait_for_selector(".notice:has-text('the teller wants another name')")
    assert page.locator(".answer").all_inner_texts()[1:6:4] == [
        "Où peut-on le voir ou l’entendre ?\nSur le site",
        "Peut-on entendre la voix ?\nModifiée",
    ]
    assert "1 mai 2190" in page.inner_text(".step:not([hidden])"), (
        "all that was answered, where it can be mended"
    )
    names = ("alias", "until_day", "until_month", "until_year", "birth_year")
    values = [page.input_value(f"[name={name}]") for name in names]
    assert values == ["Awa Nom", "1", "5", "2190", "1990"] and page.is_checked("[name=naming][value=alias]")
    assert page.input_value("[name=name]") == "Awa Ŋom" and page.input_value("[name=region]") == "Dakar"
    assert page.locator("[name=uses]:checked").evaluate_all("all => all.map(one => one.value)") == ["web"]

    page.click(".answer:has-text('Awa Nom')")
    page.fill("[name=alias]", "Ndeye")
    page.click("button.main:has-text('Suivant')")
    page.wait_for_selector("canvas.sign")
    if is_signed_anew:
        phone.sign()
    page.click("button.main:has-text('Suivant')")
    page.wait_for_selector("text=Comment êtes-vous parti")
    assert page.locator(".cards .card").count() == 1, "what was told is there"
    page.click("button:has-text('Terminer')")
    files = {file.role: file for file in worker(count=2)}
    page.wait_for_selector("text=envoyé et vérifié")
    row = Testimony.objects.get()
    assert (row.alias, row.consent.naming, row.files.count()) == ("Ndeye", "alias", 2)
    assert row.consent.evidence == str(files["evidence"].pk)
    is_as_it_was = row.consent.evidence == before["evidence"]
    assert is_as_it_was is not is_signed_anew
    assert (row.consent.given == parse_datetime(before["given"])) is is_as_it_was


@pytest.mark.parametrize("language", ["en", "fr", "pt", "ar", "wo"])
def test_every_word_of_the_app_is_in_each_of_its_languages(language):
    rows = [row.split("|") for row in (ROOT / "capture/src/words.txt").read_text().strip().splitlines()]
    at = 1 + ["en", "fr", "pt", "ar", "wo"].index(language)
    assert all(len(row) == 6 and row[at].strip() for row in rows)
    assert all(row[at].count("{}") == row[1].count("{}") for row in rows)


def test_a_photo_that_the_newsroom_can_not_open_leaves_the_phone_only_when_it_is_kept(
    phone, invitation, tmp_path
):
    broken = tmp_path / "photo.jpg"
    broken.write_bytes(made.photo()[:400])
    phone.join(invitation)
    phone.consent()
    phone.page.set_input_files("input[type=file] >> nth=0", broken)
    phone.page.wait_for_selector(".cards .card")
    phone.page.click("button:has-text('Terminer')")
    wait_for(lambda: File.objects.filter(state="received").count() == 2)
    assert phone.stored() == 2, "nothing is examined yet"
    kept = worker("kept")[0]
    phone.page.wait_for_selector("text=un fichier n’a pas pu être ouvert")
    assert vault().read(kept.vault) == broken.read_bytes()
    assert wait_for(lambda: phone.stored() == 0)


def test_a_frozen_messengers_phone_erases_what_it_holds_at_next_contact(phone, invitation):
    phone.join(invitation)
    phone.network.is_down = True
    phone.consent()
    phone.record("Son", 1)
    phone.page.click(".sheet button.main")
    phone.page.wait_for_selector(".sheet", state="detached")
    assert phone.stored() > 0
    Messenger.objects.get().freeze()
    phone.network.is_down = False
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    phone.page.wait_for_selector("[name=token]")
    names = phone.page.evaluate("indexedDB.databases().then(all => all.length)")
    stores = phone.page.evaluate(
        """() => new Promise(resolve => { const open = indexedDB.open("griot", 1); open.onupgradeneeded = () => resolve(0);
        open.onsuccess = () => { const s = open.result.transaction("sealed").objectStore("sealed").count(); s.onsuccess = () => resolve(s.result) } })"""
    )
    assert names <= 1 and stores == 0


def test_without_the_pin_nothing_on_the_phone_can_be_read(phone, invitation, tmp_path):
    phone.join(invitation)
    phone.consent()
    phone.page.click("[aria-label=Retour]")
    phone.page.wait_for_selector("text=Nouveau témoignage")
    phone.context.close()
    held = b"".join(
        p.read_bytes() for p in (tmp_path / "profile").rglob("*") if p.is_file() and "IndexedDB" in str(p)
    )
    assert (
        len(held) > 1000
        and b"Awa" not in held
        and b"Diop" not in held
        and "Awa".encode("utf-16-le") not in held
    )
    phone.open()
    phone.page.goto(f"{phone.network.url}/capture/")
    for _ in range(5):
        phone.page.fill("[name=pin]", "000000")
        phone.page.click("form button.main")
        phone.page.wait_for_selector("text=Ce n’est pas le code.")
        assert wait_for(
            lambda: phone.page.input_value("[name=pin]") == "" and phone.page.is_enabled("form button.main")
        )
    phone.page.fill("[name=pin]", PIN)
    phone.page.click("form button.main")
    phone.page.wait_for_selector("text=Trop d’essais")


def test_a_forgotten_pin_can_be_begun_again_without_anything_that_it_closed(phone, invitation):
    phone.join(invitation)
    phone.consent()
    phone.page.goto(f"{phone.network.url}/capture/exit.html")
    phone.page.goto(f"{phone.network.url}/capture/")
    phone.page.click("text=Oublié")
    phone.page.wait_for_selector("[name=token]")
    phone.join(Messenger.objects.get().invite_anew())
    phone.page.wait_for_selector("text=Rien d’enregistré")


def test_what_was_typed_stays_when_an_invitation_is_opened_and_in_another_language(phone, invitation):
    page = phone.page
    page.goto(f"{phone.network.url}/capture/")
    page.fill("[name=pin]", PIN)
    page.fill("[name=again]", PIN)
    page.goto(f"{phone.network.url}/capture/#join={invitation}")
    page.wait_for_selector(f"[name=token][value='{invitation}']")
    page.select_option("[name=language]", "en")
    page.click("form button:has-text('Join')")
    page.wait_for_selector("text=Voices of the Way")


def test_a_new_invitation_gives_a_new_key_and_what_the_phone_holds_stays(phone, invitation):
    phone.join(invitation)
    phone.network.is_down = True
    phone.consent()
    phone.page.click("[aria-label=Retour]")
    Device.objects.all().delete()  # the newsroom does not know this phone any more
    phone.network.is_down = False
    token = Messenger.objects.get().invite_anew()
    phone.page.goto(f"{phone.network.url}/capture/exit.html")
    phone.page.goto(f"{phone.network.url}/capture/#join={token}")
    phone.page.fill("[name=pin]", PIN)
    phone.page.click("form button.main")
    phone.page.wait_for_selector(".card.open")
    assert wait_for(lambda: Device.objects.count() == 1)


def test_another_messengers_invitation_takes_nothing_over(phone, invitation, campaign):
    mine = Messenger.objects.get()
    phone.join(invitation)
    phone.unlock()
    phone.network.is_down = True
    finish_with_a_sound(phone)
    other = Messenger.objects.create(team=campaign.teams.get(code="GN"), name="Sory", language="fr")
    token = other.invite_anew()
    phone.network.is_down = False
    phone.page.goto(f"{phone.network.url}/capture/exit.html")
    phone.page.goto(f"{phone.network.url}/capture/#join={token}")
    phone.page.fill("[name=pin]", PIN)
    phone.page.click("form button.main")
    phone.page.wait_for_selector("text=another messenger")
    assert wait_for(lambda: Testimony.objects.first()).messenger == mine
    other.refresh_from_db()
    assert other.invite, "the invitation is not used up"


def test_a_second_window_takes_no_recording_away(phone, invitation):
    phone.join(invitation)
    phone.consent()
    other = phone.context.new_page()
    other.goto(f"{phone.network.url}/capture/")
    other.fill("[name=pin]", PIN)
    phone.page.locator(".prompts li >> nth=0 >> button:has-text('Son')").click(no_wait_after=True)
    other.click("form button.main")
    other.wait_for_selector("text=Voices of the Way")
    wait_for(phone.stored)
    other.reload()
    other.fill("[name=pin]", PIN)
    other.click("form button.main")
    other.wait_for_selector("text=Voices of the Way")
    phone.page.click(".sheet button.main")
    phone.page.wait_for_selector(".sheet", state="detached")
    assert "interrompu" not in phone.page.inner_text(".cards .card")


def test_the_last_words_are_sent(phone, invitation):
    phone.join(invitation)
    phone.consent()
    phone.page.locator(".prompts li >> nth=0 >> button:has-text('crire')").click()
    phone.page.fill("textarea[name=leaving]", "I left at night. Do not tell my brother.")
    phone.page.click("button:has-text('Terminer')")
    wait_for(lambda: Testimony.objects.exists())
    assert Testimony.objects.get().answers == {"leaving": "I left at night. Do not tell my brother."}


def test_the_last_words_are_kept_by_whoever_leaves_in_a_hurry(phone, invitation):
    phone.join(invitation)
    phone.consent()
    phone.page.evaluate("window.setTimeout = () => 0")  # nothing is kept by and by, and nobody is hurried
    phone.page.locator(".prompts li >> nth=0 >> button:has-text('crire')").click()
    phone.page.fill("textarea[name=leaving]", "I left at night. Do not tell my brother.")
    phone.page.click("text=Quitter")
    phone.page.wait_for_selector("text=÷")
    phone.unlock()
    phone.page.click("text=Continuer")
    phone.page.wait_for_selector("textarea[name=leaving]")
    assert phone.page.input_value("textarea[name=leaving]") == "I left at night. Do not tell my brother."


def test_what_was_sent_leaves_the_phone_and_its_card_goes_when_it_is_withdrawn(phone, invitation):
    phone.join(invitation)
    finish_with_a_sound(phone)
    worker(count=2)
    phone.page.wait_for_selector("text=envoyé et vérifié")
    withdraw(Testimony.objects.get(), "team")
    phone.unlock()
    phone.page.wait_for_selector(".card.sent", state="detached")
    assert phone.page.locator("text=Code de reçu").count() == 0


def test_of_what_was_sent_the_phone_keeps_what_its_card_says(phone, invitation):
    phone.join(invitation)
    finish_with_a_sound(phone)
    worker(count=2)
    phone.page.wait_for_selector("text=envoyé et vérifié")
    phone.page.click("text=Code de reçu")
    code = phone.page.inner_text("code")
    phone.unlock()
    phone.page.wait_for_selector(f"code:has-text('{code}')", state="attached")
    phone.page.evaluate(
        """() => {
            const parse = JSON.parse;
            window.read = [];
            JSON.parse = (text) => { window.read.push(text); return parse(text) };
            window.dispatchEvent(new Event("online"));
        }"""
    )
    wait_for(lambda: phone.page.evaluate(f"window.read.some((text) => text.includes('{code}'))"))
    [card] = {text for text in phone.page.evaluate("window.read") if code in text}
    kept = {name: value for name, value in json.loads(card).items() if value}
    assert {**kept, "teller": {}} == {
        "id": str(Testimony.objects.get().pk),
        "kind": "interview",
        "language": "fr",
        "told": kept["told"],
        "state": "sent",
        "receipt": code,
        "isKnown": True,
        "edition": kept["edition"],
        "teller": {},
    }
    assert not any(kept["teller"].values())


def test_what_was_taken_back_before_the_phone_heard_that_it_came_goes_from_it(phone, invitation):
    phone.join(invitation)
    phone.unlock()
    phone.page.evaluate(
        """() => {
            const plain = (window.plain = window.fetch);
            window.fetch = async (path, ...more) => {
                const answer = await plain(path, ...more);
                if (String(path).endsWith("/testimonies/")) throw new TypeError("cut off");
                return answer;
            };
        }"""
    )
    finish_with_a_sound(phone)
    withdraw(wait_for(lambda: Testimony.objects.first()), "teller")
    phone.page.evaluate("window.fetch = window.plain")
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    phone.page.wait_for_selector("text=Rien d’enregistré")
    assert phone.stored() == 0


def test_what_was_refused_for_a_training_is_sent_when_that_is_passed(phone, invitation, campaign):
    phone.join(invitation)
    phone.unlock()
    phone.network.is_down = True
    finish_with_a_sound(phone)
    question = {"text": "?", "answers": ["a", "b"], "right": 0}
    module = Module.objects.create(
        campaign=campaign, slug="new", language="fr", title="Neuf", text="Lisez.", questions=[question]
    )
    phone.network.is_down = False
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    phone.page.wait_for_selector(".card.refused")
    module.trainings.create(messenger=Messenger.objects.get(), before=1, after=1, of=1, is_passed=True)
    phone.page.click("text=Continuer")
    phone.page.click("button.main:has-text('Suivant')")
    phone.page.click("button:has-text('Terminer')")
    assert {file.role for file in worker(count=2)} == {"story", "evidence"}


def test_evidence_that_a_full_phone_could_not_store_is_asked_for_again(phone, invitation):
    phone.join(invitation)
    phone.page.evaluate(
        """() => {
            const put = IDBObjectStore.prototype.put;
            window.isFull = true;
            IDBObjectStore.prototype.put = function (...said) {
                if (this.name === "chunks" && window.isFull) throw new DOMException("full", "QuotaExceededError");
                return put.apply(this, said);
            };
        }"""
    )
    phone.sign_consent()
    phone.page.click("button.main:has-text('Suivant')")
    phone.page.wait_for_selector(".said:not(:empty)")
    assert phone.page.locator("text=Comment êtes-vous parti").count() == 0
    phone.page.evaluate("window.isFull = false")
    phone.page.click("button.main:has-text('Suivant')")
    phone.page.wait_for_selector("text=Comment êtes-vous parti")
    tell_a_sound(phone)
    assert {file.role for file in worker(count=2)} == {"story", "evidence"}


def test_the_quick_exit_leads_to_a_calculator_and_closes_the_lock(phone, invitation):
    phone.join(invitation)
    phone.page.click("text=Quitter")
    phone.page.wait_for_selector("text=÷")
    for key in "7×6=":
        phone.page.click(f"#keys button:text-is('{key}')")
    assert phone.page.inner_text("#shown") == "42" and "Griot" not in phone.page.content()
    phone.page.goto(f"{phone.network.url}/capture/")
    phone.page.wait_for_selector("[name=pin]")


def test_training_done_offline_opens_the_way_to_collecting(phone, invitation, campaign):
    questions = [{"text": "Qui décide ?", "answers": ["Moi", "La personne qui raconte"], "right": 1}]
    Module.objects.create(
        campaign=campaign,
        slug="consent",
        language="fr",
        title="Le consentement",
        text="Premier.\n\nSecond.",
        questions=questions,
    )
    phone.join(invitation)
    assert phone.page.locator("text=Nouveau témoignage").count() == 0
    phone.network.is_down = True
    phone.page.click("text=Formation (1)")
    phone.page.click(".card button")
    phone.page.check("[name=q0][value='0']")
    phone.page.click("text=Suivant")
    phone.page.click("text=Je l’ai lu")
    phone.page.check("[name=q0][value='1']")
    phone.page.click("text=Suivant")
    phone.page.wait_for_selector("text=Nouveau témoignage")
    phone.network.is_down = False
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    messenger = Messenger.objects.get()
    training = wait_for(lambda: messenger.trainings.first())
    assert (training.before, training.after, training.is_passed) == (0, 1, True) and messenger.may_collect


def test_it_can_be_installed_starts_without_a_network_and_has_no_barriers(phone, invitation):
    phone.join(invitation)
    session = phone.context.new_cdp_session(phone.page)
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == [] and manifest["url"].endswith("/capture/manifest.webmanifest")

    def barriers() -> list[str]:
        found = Axe().run(phone.page, options={"resultTypes": ["violations"]}).response["violations"]
        return [f"{v['id']}: {n['html'][:120]}" for v in found for n in v["nodes"][:2]]

    overflow = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    phone.network.is_down = True
    for language in ("fr", "ar"):
        for scheme in ("light", "dark"):
            phone.page.emulate_media(color_scheme=scheme)
            phone.page.goto(f"{phone.network.url}/capture/")
            phone.page.wait_for_selector("[name=pin]")
            phone.page.select_option("[name=language]", language)
            phone.page.wait_for_selector(f"html[dir={'rtl' if language == 'ar' else 'ltr'}]")
            assert barriers() == [] and phone.page.evaluate(overflow) == 0
            phone.page.fill("[name=pin]", PIN)
            phone.page.click("form button.main")
            phone.page.wait_for_selector("nav button")
            assert barriers() == [] and phone.page.evaluate(overflow) == 0
            phone.page.click("main button.main")
            phone.page.click(".stack button >> nth=0")
            phone.answer("explained", "alone")
            for control in ("[name=explained]", "[name=until_day]", "[name=birth_year]", "canvas.sign"):
                phone.ask(control)
                assert barriers() == [] and phone.page.evaluate(overflow) == 0


def test_a_text_that_somebody_read_aloud_is_played_without_a_network(phone, invitation, campaign, tmp_path):
    (tmp_path / "sent").write_bytes(made.sound(tmp_path, "wav").read_bytes())
    speaking.keep(campaign, "fr", "interview/leaving", tmp_path / "sent")
    phone.join(invitation)
    wait_for(lambda: phone.stored() == 1)
    phone.network.is_down = True
    phone.unlock()
    phone.page.evaluate(
        "() => { window.heard = []; const play = HTMLMediaElement.prototype.play;"
        " HTMLMediaElement.prototype.play = function () { window.heard.push(this.src); return"
        " play.call(this) } }"
    )
    phone.consent()
    phone.page.locator(".prompts li >> nth=0 >> button:has-text('Écouter')").click()
    assert wait_for(lambda: phone.page.evaluate("window.heard"))[0].startswith("blob:")
    assert phone.page.locator(".prompts li >> nth=0 >> button:has-text('Écouter')").is_visible()


def test_the_browser_wakes_the_app_when_the_network_is_back(phone, invitation):
    """Background Sync: the service worker hears of it, and the unlocked app sends, without anybody
    touching the phone.
    """
    phone.join(invitation)
    phone.page.reload()
    phone.unlock()
    phone.consent()
    phone.record("Son", 1)
    phone.page.click(".sheet button.main")
    phone.page.wait_for_selector(".sheet", state="detached")
    phone.network.is_down = True
    phone.page.click("button:has-text('Terminer')")
    phone.page.wait_for_selector("text=Pas de réseau")
    phone.network.is_down = False
    phone.page.evaluate(
        "() => { for (let n = setTimeout(() => 0); n > 0; n--) clearTimeout(n) }"
    )  # the app's own clock stands still
    session = phone.context.new_cdp_session(phone.page)
    registrations = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda e: registrations.extend(e["registrations"]))
    session.send("ServiceWorker.enable")
    wait_for(lambda: phone.page.wait_for_timeout(50) or registrations)
    session.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": phone.network.url,
            "registrationId": registrations[0]["registrationId"],
            "tag": "send",
            "lastChance": False,
        },
    )
    assert wait_for(lambda: phone.page.wait_for_timeout(100) or Testimony.objects.exists())


def test_the_first_load_is_light():
    import gzip

    from griot.runtime.capturing import DIST

    files = [p for p in DIST.rglob("*") if p.suffix in {".html", ".js", ".css", ".svg", ".webmanifest"}]
    assert sum(len(gzip.compress(p.read_bytes())) for p in files) <= 150 * 1024


def test_lighthouse_finds_the_app_fit_for_phones(live_server, chromium, tmp_path):
    scores, size, failed = lighthouse(f"{live_server.url}/capture/", tmp_path)
    print("Lighthouse, mobile, the phone app:", scores, size, "bytes")
    assert min(scores[n] for n in ("accessibility", "best-practices")) >= 95, (scores, failed)


# --- a full phone ------------------------------------------------------------------------

# Every write is refused while `window.isFull`, as browsers do where the disk has no room.
REFUSES = """const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...said) {
    if (window.isFull) throw new DOMException("full", "QuotaExceededError");
    return put.apply(this, said); };"""


def test_a_disk_that_fills_ends_a_recording_and_what_was_stored_is_sent(phone, invitation):
    phone.join(invitation)
    phone.consent()
    phone.page.evaluate(f"() => {{ {REFUSES} }}")
    phone.record("Son", 2)
    phone.page.evaluate("window.isFull = true")
    phone.page.wait_for_selector(".sheet", state="detached")
    assert "Le téléphone est plein" in phone.page.inner_text(".said")
    stored = phone.stored()
    phone.page.evaluate("window.isFull = false")
    phone.page.click("button:has-text('Terminer')")
    worker(count=2)
    phone.page.wait_for_selector("text=envoyé et vérifié")
    assert stored > 1 and {f.media for f in File.objects.all()} == {"audio", "photo"}


def test_a_full_phone_is_opened_and_what_it_sends_makes_room(phone, invitation):
    phone.join(invitation)
    phone.network.is_down = True
    finish_with_a_sound(phone)
    phone.page.wait_for_selector("text=Pas de réseau")
    phone.network.is_down = False
    phone.page.add_init_script(f"window.isFull = true; {REFUSES}")
    phone.unlock()
    worker(count=2)
    wait_for(lambda: phone.stored() == 0)
    phone.page.wait_for_selector("text=Le téléphone est plein. Faites de la place")
    phone.page.evaluate("window.isFull = false")
    phone.page.click("text=Réessayer maintenant")
    phone.page.wait_for_selector("text=envoyé et vérifié")


def test_a_store_that_the_browser_closed_is_opened_anew(phone, invitation):
    phone.page.add_init_script("""const begin = IDBDatabase.prototype.transaction;
      IDBDatabase.prototype.transaction = function (...said) { window.store = this; return begin.apply(this, said); }""")
    phone.join(invitation)
    phone.consent()
    phone.page.evaluate("window.store.close(); window.store.dispatchEvent(new Event('close'))")
    tell_a_sound(phone)
    worker(count=2)
    phone.page.wait_for_selector("text=envoyé et vérifié")


# --- the queue ---------------------------------------------------------------------------

# What is fetched of an address waits until `release()`.
HOLDS = """const plain = window.fetch; window.held = 0;
  const gate = new Promise((open) => { window.release = open; });
  window.fetch = async (path, ...more) => {
    if (String(path).includes(%r)) { window.held++; await gate; }
    return plain(path, ...more); };"""


def test_a_call_for_help_waits_for_no_recording(phone, invitation):
    phone.join(invitation)
    phone.page.evaluate(f"() => {{ {HOLDS % '/uploads/'} }}")
    finish_with_a_sound(phone)
    wait_for(lambda: phone.page.evaluate("window.held"))
    phone.page.click("button:has-text('Comment allez-vous')")
    phone.page.check("[name=mood][value='1']")
    phone.page.check("[name=call]")
    phone.page.click("button.main:has-text('Enregistrer')")
    wait_for(CheckIn.objects.exists)
    phone.page.click("text=Nouveau témoignage")
    phone.page.go_back()
    phone.unlock()
    finish_with_a_sound(phone)
    assert wait_for(lambda: Testimony.objects.count() == 2), "nor does another story's consent"


def test_all_is_sent_is_said_of_nothing_that_waits(phone, invitation):
    phone.join(invitation)
    reading = {"id": 1, "language": "fr", "what": "consent", "sha256": "ab" * 32, "size": 900_000}
    phone.page.add_init_script(HOLDS % "/spoken/")
    phone.page.add_init_script(f"window.reading = {json.dumps(reading)};")
    phone.page.add_init_script("""const asked = window.fetch; window.fetch = async (path, ...more) => {
          const answer = await asked(path, ...more);
          if (!String(path).endsWith("/pack/")) return answer;
          const said = { ...(await answer.json()), spoken: [window.reading] };
          return new Response(JSON.stringify(said), { headers: answer.headers }); }""")
    phone.unlock()
    wait_for(lambda: phone.page.evaluate("window.held"))
    finish_with_a_sound(phone)
    wait_for(Testimony.objects.exists)  # its words, while a reading is fetched
    assert "Tout est envoyé" not in phone.page.inner_text("main")
    phone.page.evaluate("window.release()")
    worker(count=2)
    phone.page.wait_for_selector("text=envoyé et vérifié")


# What something between answers: a proxy's page for maintenance in JSON with 200, a gateway's words for
# an address that it knows nothing behind.
BETWEEN = """({ path, status, body }) => {
  const plain = window.fetch; window.left = 1;
  window.fetch = async (asked, ...more) => String(asked).endsWith(path) && window.left-- > 0
    ? Response.json(body, { status }) : plain(asked, ...more);
  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, ...more) {
    this.is_between = method === path; open.call(this, method, ...more); };
  XMLHttpRequest.prototype.send = function (...what) {
    if (!this.is_between || window.left-- <= 0) return send.apply(this, what);
    Object.defineProperty(this, "status", { value: status });
    Object.defineProperty(this, "responseText", { value: JSON.stringify(body) });
    this.getResponseHeader = () => null;
    setTimeout(() => this.onload(), 0); };
}"""
GATEWAY = {"status": 404, "body": {"error": "Not Found"}}


@pytest.mark.parametrize("path", ["testimonies/", "pack/", "state/"])
@pytest.mark.parametrize("answer", [{"status": 200, "body": {"status": "maintenance"}}, GATEWAY])
def test_an_answer_of_something_between_is_none_of_the_newsrooms(phone, invitation, path, answer):
    """Once, and then without a network."""
    phone.join(invitation)
    phone.page.evaluate(BETWEEN, {"path": path, **answer})
    finish_with_a_sound(phone)
    wait_for(lambda: phone.page.evaluate("window.left") < 1)
    if path == "pack/":
        phone.network.is_down = True
        phone.page.reload()
        phone.unlock()
        assert "Voices of the Way" in phone.page.inner_text("body"), "it knows its campaign still"
        phone.network.is_down = False
        phone.page.evaluate("dispatchEvent(new Event('online'))")
    else:
        phone.page.click("text=Réessayer maintenant")
    wait_for(lambda: File.objects.filter(role="story", state__in=["received", "verified"]).exists())


@pytest.mark.parametrize("path", ["uploads/", "PATCH"])
def test_no_recording_is_given_up_for_the_words_of_something_between(phone, invitation, path):
    phone.join(invitation)
    phone.page.evaluate(BETWEEN, {"path": path, **GATEWAY})
    finish_with_a_sound(phone)
    wait_for(lambda: phone.page.evaluate("window.left") < 1)
    phone.page.click("text=Réessayer maintenant")
    worker(count=2)
    phone.page.wait_for_selector("text=envoyé et vérifié")


def test_no_call_for_help_is_given_up_for_the_words_of_something_between(phone, invitation):
    phone.join(invitation)
    phone.page.evaluate(BETWEEN, {"path": "check-in/", **GATEWAY})
    phone.page.click("button:has-text('Comment allez-vous')")
    phone.page.check("[name=mood][value='1']")
    phone.page.check("[name=call]")
    phone.page.click("button.main:has-text('Enregistrer')")
    wait_for(lambda: phone.page.evaluate("window.left") < 1)
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    wait_for(CheckIn.objects.exists)


def test_the_answer_of_something_between_gives_no_recording_up(phone, invitation):
    phone.join(invitation)
    phone.page.evaluate("""() => { const plain = window.fetch; let left = 2;
      const page = { status: 404, headers: { "Content-Type": "text/html" } };
      window.fetch = async (path, ...more) => String(path).includes("/uploads/") && left-- > 0
        ? new Response("<html>404 Not Found</html>", left ? page : { ...page, status: 200 }) : plain(path, ...more) }""")
    finish_with_a_sound(phone)
    phone.page.click("text=Réessayer maintenant")
    worker(count=2)
    phone.page.wait_for_selector("text=envoyé et vérifié")


def test_what_is_set_aside_is_tried_again_though_the_clock_was_put_right(phone, invitation):
    phone.join(invitation)
    phone.page.evaluate("""() => { const real = Date.now; window.ahead = 365 * 86400e3; window.bad = true;
      Date.now = () => real() + window.ahead; const plain = window.fetch;
      window.fetch = async (path, ...more) => window.bad && String(path).includes("/uploads/")
        ? new Response("{}", { status: 503 }) : plain(path, ...more) }""")
    finish_with_a_sound(phone)
    phone.page.wait_for_selector("text=Réessayer maintenant")
    phone.page.evaluate("window.ahead = 0; window.bad = false")
    worker(count=2)
    phone.page.wait_for_selector("text=envoyé et vérifié")


# --- who holds it ------------------------------------------------------------------------


def test_a_clock_that_was_ahead_for_a_while_keeps_nobody_out(phone, invitation):
    phone.join(invitation)
    phone.page.goto(f"{phone.network.url}/capture/")
    phone.page.wait_for_selector("[name=pin]")
    phone.page.evaluate("() => { const real = Date.now; Date.now = () => real() + 3650 * 86400e3; }")
    for _ in range(5):
        phone.page.fill("[name=pin]", "000000")
        phone.page.click("form button.main")
        phone.page.wait_for_selector("form button.main:enabled")
    phone.page.reload()
    phone.page.fill("[name=pin]", PIN)
    phone.page.click("form button.main")
    said = phone.page.wait_for_selector(".said:has-text('Attendez')").inner_text()
    assert int("".join(filter(str.isdigit, said))) <= 30


def test_a_phone_that_was_put_away_asks_for_the_pin(phone, invitation):
    phone.join(invitation)
    phone.network.is_down = True
    phone.consent()
    phone.page.locator(".prompts li >> nth=0 >> button:has-text('crire')").click()
    phone.page.fill("textarea[name=leaving]", "I left at night.")
    phone.page.evaluate("""() => { let away = true; const real = Date.now; let later = 0; Date.now = () => real() + later;
      Object.defineProperty(document, "hidden", { configurable: true, get: () => away });
      const changed = () => document.dispatchEvent(new Event("visibilitychange"));
      changed(); later = 6 * 60e3; away = false; changed(); }""")
    phone.page.wait_for_selector("[name=pin]")
    phone.unlock()
    phone.page.click("text=Continuer")
    assert phone.page.input_value("textarea[name=leaving]") == "I left at night."


def test_there_is_a_quick_exit_while_something_is_recorded(phone, invitation):
    phone.join(invitation)
    phone.consent()
    phone.record("Vidéo", 1)
    phone.page.click(".sheet button.exit")
    phone.page.wait_for_url("**/capture/exit.html")
    phone.unlock()
    phone.page.click("text=Continuer")
    assert phone.page.locator(".cards .card").count() == 1, "what was told until then is there"


# --- two windows -------------------------------------------------------------------------


def second_window(phone):
    other = phone.context.new_page()
    other.on("dialog", lambda dialog: dialog.accept())
    other.goto(f"{phone.network.url}/capture/")
    other.fill("[name=pin]", PIN)
    other.click("form button.main")
    other.wait_for_selector("text=Voices of the Way")
    return other


def sent_from_second_window(phone):
    """A testimony that both windows have open, told and sent in the second."""
    phone.consent()
    other = second_window(phone)
    other.click("text=Continuer")
    other.locator(".prompts li >> nth=0 >> button:has-text('crire')").click()
    other.fill("textarea[name=leaving]", "I left at night.")
    other.click("button:has-text('Terminer')")
    worker(count=1)
    other.wait_for_selector("text=envoyé et vérifié")
    return other


def test_what_is_told_after_another_window_has_sent_it_goes_as_well(phone, invitation):
    phone.join(invitation)
    other = sent_from_second_window(phone)
    other.close()
    phone.page.bring_to_front()
    tell_a_sound(phone)
    worker(count=2)
    phone.page.wait_for_selector("text=envoyé et vérifié")
    assert {f.role for f in File.objects.all()} == {"story", "evidence"} and Testimony.objects.count() == 1


def test_what_is_told_of_what_was_sent_goes_when_that_is_withdrawn(phone, invitation):
    phone.join(invitation)
    other = sent_from_second_window(phone)
    phone.page.bring_to_front()
    phone.record("Son", 1)
    phone.page.wait_for_timeout(1500)
    phone.page.click(".sheet button.main")
    wait_for(lambda: phone.stored() > 0)
    withdraw(Testimony.objects.get(), "teller")
    other.evaluate("window.dispatchEvent(new Event('online'))")
    wait_for(lambda: phone.stored() == 0)
    other.wait_for_selector("text=Rien d’enregistré")


def test_what_was_deleted_in_another_window_leaves_no_piece(phone, invitation):
    phone.join(invitation)
    phone.consent()
    other = second_window(phone)
    phone.page.bring_to_front()
    phone.record("Son", 1)
    other.click("text=Continuer")
    other.click("button.danger:has-text('Supprimer')")
    other.wait_for_selector("text=Rien d’enregistré")
    phone.page.wait_for_timeout(1500)
    phone.page.click(".sheet button.main")
    phone.page.wait_for_selector("text=supprimé dans une autre fenêtre")
    wait_for(lambda: phone.stored() == 0)


def test_a_phone_that_is_wiped_is_wiped_in_every_window(phone, invitation):
    phone.join(invitation)
    phone.consent()
    other = second_window(phone)
    phone.page.bring_to_front()
    phone.record("Son", 1)
    Messenger.objects.get().freeze()
    other.evaluate("window.dispatchEvent(new Event('online'))")
    for page in (phone.page, other):
        page.wait_for_selector("[name=token]")


# --- consent -----------------------------------------------------------------------------


def test_a_consent_says_in_which_language_it_was_explained(phone, invitation):
    phone.join(invitation)
    phone.page.click("text=Nouveau témoignage")
    phone.page.select_option("[name=language]", "wo")  # the campaign has its text in French alone
    phone.page.click("button:has-text('Entretien')")
    assert phone.page.get_attribute("blockquote", "lang") == "fr"
    phone.answer("explained", "alone")
    phone.answer("uses", "web")
    phone.sign()
    phone.page.click("button.main:has-text('Suivant')")
    phone.page.wait_for_selector("text=Comment êtes-vous parti")
    tell_a_sound(phone)
    testimony = wait_for(Testimony.objects.first)
    assert (testimony.language, testimony.consent.language) == ("wo", "fr")
    assert testimony.consent.explained == "alone"


SMALL = """() => [...document.querySelectorAll("button, input, select, summary, .check")]
  .filter(one => one.offsetParent && !one.closest(".check > *") && !(one.matches(".check input")))
  .filter(one => one.getBoundingClientRect().height < 48).map(one => one.outerHTML)"""


def test_a_consent_is_asked_question_by_question_back_and_forth_without_losing_an_answer(phone, invitation):
    phone.join(invitation)
    page = phone.page
    page.set_viewport_size({"width": 320, "height": 667})
    page.click("text=Nouveau témoignage")
    page.click("button:has-text('Entretien')")
    page.wait_for_selector(".step")
    heading = ".step:not([hidden]) h2"
    assert "obligatoire" in page.inner_text(heading) and page.inner_text(".progress p") == "1 sur 11"
    assert page.get_attribute(".progress p", "role") == "status"
    assert not page.is_visible(".ways button >> nth=0"), "nothing lies before the first"
    page.click(".ways button.main")
    page.wait_for_selector("#slip-explained")
    assert page.evaluate("document.activeElement.name") == "explained"
    phone.answer("explained", "read")
    seen = []
    while not page.is_visible("canvas.sign"):
        seen.append(page.inner_text(heading))
        assert page.locator(".step:visible").count() == 1 and page.evaluate(SMALL) == []
        page.click(".ways button.main")
        assert page.evaluate("document.activeElement.tagName") == "H2"
        assert page.inner_text(".progress p") == f"{len(seen) + 1} sur 11"
    assert len(set(seen)) == 10 and page.evaluate(SMALL) == []
    phone.sign()
    phone.write("region", "Dakar")
    phone.answer("uses", "screenings")
    page.click("[aria-label=Retour]")
    assert page.is_checked("[name=explained][value=read]")
    phone.ask("canvas.sign")
    assert "Dakar" in page.inner_text(".step:not([hidden])") and "Sans fin" in page.inner_text("main")
    page.click("button.main:has-text('Suivant')")
    page.wait_for_selector("text=Comment êtes-vous parti")
    tell_a_sound(phone)
    row = wait_for(Testimony.objects.first)
    assert (row.region, row.consent.uses, row.consent.until) == ("Dakar", ["screenings"], None)


def test_it_was_played_where_it_was_played_and_questions_are_read_aloud_where_somebody_has_read_them(
    phone, invitation, campaign, tmp_path
):
    for what in ("consent", "consent/ask_face"):
        (tmp_path / "sent").write_bytes(made.sound(tmp_path, "wav").read_bytes())
        speaking.keep(campaign, "fr", what, tmp_path / "sent")
    phone.join(invitation)
    wait_for(phone.stored)  # the same sound, once
    phone.network.is_down = True
    page = phone.page
    page.evaluate(
        "() => { window.heard = []; const play = HTMLMediaElement.prototype.play;"
        " HTMLMediaElement.prototype.play = function () { window.heard.push(this); return play.call(this) } }"
    )
    page.click("text=Nouveau témoignage")
    page.click("button:has-text('Entretien')")
    page.wait_for_selector("[name=explained][value=alone]")
    assert not page.is_visible("[name=explained][value=played]"), "it was not played"
    assert not page.is_visible("[name=explained][value=voiced]")
    page.click(".step:not([hidden]) button:has-text('Écouter')")
    page.wait_for_selector("[name=explained][value=played]:checked")
    phone.ask("[name=uses]")
    assert page.evaluate("heard.at(-1).paused"), "with its step the sound goes"
    assert not page.is_visible(".step:not([hidden]) button:has-text('Écouter')")
    phone.ask("[name=face]")
    page.click(".step:not([hidden]) button:has-text('Écouter')")
    wait_for(lambda: page.evaluate("heard.length") == 2)
    phone.sign()
    page.click("button.main:has-text('Suivant')")
    page.wait_for_selector("text=Comment êtes-vous parti")
    tell_a_sound(phone)
    phone.network.is_down = False
    page.evaluate("window.dispatchEvent(new Event('online'))")
    row = wait_for(Testimony.objects.first)
    assert (row.consent.explained, row.consent.language) == ("played", "fr")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "28 February 2190"),
        ("fr", "28 février 2190"),
        ("ar", "28 فبراير 2190"),
        ("wo", "28 février 2190"),
    ],
)
def test_days_are_written_as_people_write_them(phone, invitation, language, said):
    phone.page.goto(f"{phone.network.url}/capture/")
    phone.page.wait_for_selector("[name=language]")
    phone.page.select_option("[name=language]", language)
    phone.join(invitation)
    page = phone.page
    page.click("main button.main")
    page.click(".stack button >> nth=0")
    phone.answer("explained", "read")
    phone.write("until_day", "28")
    page.select_option("[name=until_month]", "2")
    page.fill("[name=until_year]", "2190")
    phone.ask("canvas.sign")
    shown = page.inner_text("main")
    assert said in shown.replace("\u200f", "") and "2190-02" not in shown
    page.click("[aria-label]:has-text('‹')")
    step = page.locator(".step")
    while before := step.all_inner_texts():  # each screen back is another, until none has steps
        page.click("header button.plain")
        while step.all_inner_texts() == before:
            page.wait_for_timeout(20)


# --- what is said ------------------------------------------------------------------------

NEWS = "() => void Promise.reject(new Error('The line was cut, and what came of it is told at length. '.repeat(4)))"
COVERED = """() => [...document.querySelectorAll(".sheet button")].filter(one => {
  const box = one.getBoundingClientRect();
  const at = (x, y) => document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
  return [[0.5, 0.5], [0.1, 0.1], [0.9, 0.9]].some(([x, y]) => at(x, y) !== one); }).map(one => one.outerHTML)"""


@pytest.mark.parametrize("media", ["Vidéo", "Son"])
def test_nothing_that_is_said_covers_the_recorder_or_stays_behind_its_screen(phone, invitation, media):
    phone.join(invitation)
    phone.consent()
    page = phone.page
    page.set_viewport_size({"width": 320, "height": 568})
    page.click("button:has-text('Terminer')")
    page.wait_for_selector("header .said:has-text('Enregistrez')")
    phone.record(media, 0)
    page.evaluate(NEWS)
    page.wait_for_selector(".sheet .said:has-text('at length')")
    assert page.evaluate(COVERED) == []
    page.click(".sheet button:has-text('Pause')")
    page.wait_for_selector(".sheet.paused")
    page.evaluate(NEWS)
    page.click(".sheet button.main")
    page.wait_for_selector(".sheet", state="detached")
    assert page.locator(".said:not(:empty)").count() == 0
    page.evaluate(NEWS)
    page.wait_for_selector("header .said:has-text('at length')")
    page.click("[aria-label=Retour]")
    page.wait_for_selector("text=Nouveau témoignage")
    assert page.locator(".said").count() == 1 and page.inner_text(".said") == ""


def test_the_language_chosen_at_joining_holds(phone, invitation):
    """Though the phone and its messenger's account have another; and once the phone is erased."""
    page = phone.page
    page.goto(f"{phone.network.url}/capture/")
    page.select_option("[name=language]", "pt")
    phone.join(invitation)
    speaks = "html[lang=pt]"

    def opened() -> None:
        page.fill("[name=pin]", PIN)
        page.click("form button.main")
        page.wait_for_selector("text=Voices of the Way")
        assert page.locator(speaks).count()

    assert page.locator(speaks).count() and page.is_visible("text=Novo testemunho")
    page.reload()
    opened()
    page.click("button:has-text('Bloquear')")
    page.wait_for_selector("[name=pin]")
    opened()
    page.evaluate(
        "caches.keys().then(all => Promise.all(all.map(one => caches.delete(one))))"
        ".then(() => navigator.serviceWorker.getRegistration())"
        ".then(one => one.unregister())"
    )  # as a new version begins, without anything of the old one
    Messenger.objects.get().freeze()
    page.reload()
    page.fill("[name=pin]", PIN)
    page.click("form button.main")
    page.wait_for_selector("[name=token]")
    page.reload()
    page.wait_for_selector("[name=token]")
    assert page.locator(speaks).count() and page.is_visible("text=Entrar com o seu convite")


# --- put away ----------------------------------------------------------------------------

# The app out of sight for so many minutes.
SLOW = """(ms) => { const seal = crypto.subtle.encrypt.bind(crypto.subtle);
  crypto.subtle.encrypt = async (...said) => { await new Promise((on) => setTimeout(on, ms)); return seal(...said) } }"""
AWAY = """(minutes) => { window.later ??= 0;
  if (!window.real) { window.real = Date.now.bind(Date); Date.now = () => real() + later;
    Object.defineProperty(document, "hidden", { configurable: true, get: () => window.away }); }
  const changed = () => document.dispatchEvent(new Event("visibilitychange"));
  window.away = true; changed(); window.later += minutes * 60e3; window.away = false; changed(); }"""


def test_the_camera_is_waited_for_this_once(phone, invitation, tmp_path):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(made.photo())
    phone.join(invitation)
    phone.network.is_down = True
    phone.consent()
    with phone.page.expect_file_chooser() as chooser:
        phone.page.locator(".prompts li >> nth=0 >> button:has-text('Photo')").click()
    phone.page.evaluate(AWAY, 16)
    chooser.value.set_files(photo)
    phone.page.wait_for_selector(".cards .card")
    phone.page.evaluate(AWAY, 6)
    phone.page.wait_for_selector("[name=pin]")


def test_a_form_that_was_not_finished_is_there_after_the_pin(phone, invitation):
    phone.join(invitation)
    phone.network.is_down = True
    phone.sign_consent()
    phone.page.evaluate(AWAY, 6)
    phone.page.wait_for_selector("[name=pin]")
    phone.unlock()
    phone.page.click("text=Continuer")
    phone.page.wait_for_selector("canvas.sign")
    assert phone.page.input_value("[name=name]") == "Awa Diop" and phone.page.is_checked(
        "[name=uses][value=web]"
    )
    assert phone.page.is_checked("[name=naming][value=first_name]")
    assert phone.page.is_checked("[name=explained][value=read]")
    phone.sign()
    phone.page.click("button.main:has-text('Suivant')")
    phone.page.wait_for_selector("text=Comment êtes-vous parti")
    phone.page.click("[aria-label=Retour]")
    phone.page.click("button:has-text('Comment allez-vous')")
    phone.page.fill("textarea[name=words]", "Help me, please.")
    phone.page.evaluate(AWAY, 6)
    phone.page.wait_for_selector("[name=pin]")
    phone.unlock()
    phone.page.click("button:has-text('Comment allez-vous')")
    phone.page.wait_for_selector("textarea[name=words]")
    assert phone.page.input_value("textarea[name=words]") == "Help me, please."


@pytest.mark.parametrize("slow", [900, 8000])  # the second is slower than anybody waits for
def test_leaving_while_it_records_loses_nothing_on_a_slow_phone(phone, invitation, slow):
    phone.join(invitation)
    phone.consent()
    phone.record("Son", 4)
    phone.page.evaluate(SLOW, slow)
    phone.page.evaluate("navigator.serviceWorker.getRegistration().then((known) => known.unregister())")
    phone.page.route("**/exit.html", lambda route: (time.sleep(2.5), route.continue_()))
    phone.page.click(".sheet button.exit", no_wait_after=True)
    phone.page.wait_for_url("**/capture/exit.html")
    phone.unlock()
    phone.page.click("text=Continuer")
    phone.page.wait_for_selector(".cards .card")
    assert phone.page.locator(".cards .card:has-text('interrompu')").count() == (slow > 5000)


# --- what is told while something is sent --------------------------------------------------


def test_what_is_told_while_the_rest_is_on_its_way_is_sent_as_well(phone, invitation):
    phone.join(invitation)
    phone.consent()
    page = phone.page
    page.locator(".prompts li >> nth=0 >> button:has-text('crire')").click()
    page.fill("textarea[name=leaving]", "I left at night.")
    page.evaluate("""() => { const words = document.querySelector("textarea[name=leaving]");
      [...document.querySelectorAll("button.main")].find((b) => b.textContent.includes("Terminer")).click();
      setTimeout(() => { words.value += " On foot."; words.dispatchEvent(new Event("input")) }, 40) }""")
    page.wait_for_selector("text=Nouveau témoignage")
    wait_for(Testimony.objects.exists)
    page.click("text=Continuer")
    whole = "I left at night. On foot. Do not tell my brother."
    page.fill("textarea[name=leaving]", whole)
    page.click("button:has-text('Terminer')")
    worker(count=1)
    page.wait_for_selector(".card.sent")
    assert Testimony.objects.get().answers == {"leaving": whole}


def test_what_another_window_tells_and_asks_while_this_one_sends_goes_as_well(phone, invitation):
    phone.join(invitation)
    phone.consent()
    other = second_window(phone)
    other.click("text=Continuer")
    other.wait_for_selector(".prompts")
    phone.page.bring_to_front()
    phone.page.evaluate(f"() => {{ {HOLDS % '/uploads/'} }}")
    tell_a_sound(phone)
    wait_for(lambda: phone.page.evaluate("window.held"))
    wait_for(Testimony.objects.exists)
    other.bring_to_front()
    other.locator(".prompts li >> nth=0 >> button:has-text('crire')").click()
    other.fill("textarea[name=leaving]", "Do not tell my brother.")
    other.click("button:has-text('Terminer')")
    other.wait_for_selector("text=Nouveau témoignage")
    assert "Tout est envoyé" not in other.inner_text("main")
    other.click("button:has-text('Comment allez-vous')")
    other.check("[name=mood][value='1']")
    other.check("[name=call]")
    other.click("button.main:has-text('Enregistrer')")
    wait_for(CheckIn.objects.exists)
    other.close()
    phone.page.evaluate("window.release()")
    worker(count=2)
    phone.page.bring_to_front()
    phone.page.wait_for_selector(".card.sent")
    assert Testimony.objects.get().answers == {"leaving": "Do not tell my brother."}


def test_back_in_a_window_that_knows_of_no_consent_deletes_nothing(phone, invitation):
    phone.join(invitation)
    phone.network.is_down = True
    phone.sign_consent()
    other = second_window(phone)
    other.click("text=Continuer")
    other.wait_for_selector("canvas.sign")
    phone.page.bring_to_front()
    phone.page.click("button.main:has-text('Suivant')")
    phone.page.wait_for_selector("text=Comment êtes-vous parti")
    phone.record("Son", 1)
    phone.page.click(".sheet button.main")
    phone.page.wait_for_selector(".sheet", state="detached")
    wait_for(lambda: phone.page.evaluate("document.activeElement.tagName === 'BUTTON'"))
    other.bring_to_front()
    step = other.locator(".step")
    while before := step.all_inner_texts():  # each screen back is another, until none has steps
        other.click("[aria-label=Retour]")
        while step.all_inner_texts() == before:
            other.wait_for_timeout(20)
    other.wait_for_selector("text=Nouveau témoignage")
    assert "Tout est envoyé" not in other.inner_text("main"), "what is open is on the phone"
    other.click("text=Continuer")
    other.wait_for_selector(".cards .card")


NAMES = """() => new Promise((resolve) => { const open = indexedDB.open("griot"); open.onsuccess = () => {
  const all = open.result.transaction("sealed").objectStore("sealed").getAllKeys();
  all.onsuccess = () => { open.result.close(); resolve(all.result) } } })"""


@pytest.mark.parametrize("way_out", ["Quitter", "Verrouiller"])
def test_a_photo_that_is_stored_while_somebody_leaves_is_there(phone, invitation, tmp_path, way_out):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(made.photo() + b"\0" * 2_000_000)
    phone.join(invitation)
    phone.network.is_down = True
    phone.consent()
    phone.page.evaluate(SLOW, 300)
    with phone.page.expect_file_chooser() as chooser:
        phone.page.locator(".prompts li >> nth=0 >> button:has-text('Photo')").click()
    chooser.value.set_files(photo)
    if way_out == "Verrouiller":
        phone.page.click("[aria-label=Retour]")
    phone.page.click(f"text={way_out}", no_wait_after=True)
    if way_out == "Quitter":
        assert phone.page.inner_text("body").strip() == "", "nothing is to be seen meanwhile"
        phone.page.wait_for_url("**/capture/exit.html")
        phone.unlock()
    else:
        phone.page.fill("[name=pin]", PIN)
        phone.page.click("button.main")
    phone.page.click("text=Continuer")
    phone.page.wait_for_selector(".cards .card")
    phone.page.click(".cards .card button:has-text('Écouter')")
    phone.page.wait_for_selector(".cards .card img")


def test_a_card_that_says_the_same_is_not_drawn_anew_under_a_finger(phone, invitation):
    phone.join(invitation)
    phone.consent()
    phone.page.click("[aria-label=Retour]")
    box = phone.page.locator(".card button:has-text('Continuer')").bounding_box()
    phone.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    phone.page.mouse.down()
    with phone.page.expect_response("**/capture/api/pack/"):
        phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    phone.page.wait_for_timeout(500)
    phone.page.mouse.up()
    phone.page.wait_for_selector("text=Comment êtes-vous parti")


@pytest.mark.parametrize("way_out", ["Quitter", "Verrouiller"])
def test_who_leaves_one_window_leaves_all(phone, invitation, way_out):
    phone.join(invitation)
    phone.consent()
    phone.page.locator(".prompts li >> nth=0 >> button:has-text('crire')").click()
    phone.page.fill("textarea[name=leaving]", "I left at night.")
    first, phone.page = phone.page, phone.context.new_page()
    phone.unlock()
    phone.page.click(f"text={way_out}", no_wait_after=True)
    for page in (first, phone.page):
        if way_out == "Quitter":
            page.wait_for_url("**/capture/exit.html")
        else:
            page.wait_for_selector("[name=pin]")
        assert not page.locator("textarea").count()
    phone.unlock()
    phone.page.click("text=Continuer")
    phone.page.wait_for_selector("text=I left at night.")


def test_a_consent_that_is_left_leaves_nothing(phone, invitation):
    phone.join(invitation)
    phone.network.is_down = True
    phone.page.click("text=Nouveau témoignage")
    phone.page.click("button:has-text('Entretien')")
    phone.page.wait_for_selector("[name=explained]")
    phone.page.evaluate(
        """() => { const name = document.querySelector("[name=name]"); name.value = "Awa Diop";
        name.dispatchEvent(new Event("input", { bubbles: true }));
        document.querySelector("[aria-label=Retour]").click() }"""
    )
    phone.page.wait_for_selector("text=Nouveau témoignage")
    phone.page.wait_for_timeout(1000)  # more than a pause in writing
    assert [n for n in phone.page.evaluate(NAMES) if n.startswith(("draft:", "testimony:"))] == []


def test_a_full_phone_calls_for_help(phone, invitation):
    phone.join(invitation)
    phone.page.evaluate(f"() => {{ {REFUSES} window.isFull = true; }}")
    phone.page.click("button:has-text('Comment allez-vous')")
    phone.page.check("[name=mood][value='1']")
    phone.page.check("[name=call]")
    phone.network.is_down = True
    phone.page.click("button.main:has-text('Enregistrer')")
    phone.page.wait_for_selector(".toast, [role=alert], [role=status]:has-text('plein')")
    assert phone.page.is_checked("[name=call]"), "neither kept nor sent: it stands there still"
    phone.network.is_down = False
    phone.page.click("button.main:has-text('Enregistrer')")
    wait_for(lambda: CheckIn.objects.filter(wants_call=True).count() == 1)


def test_a_full_phone_sends_what_is_finished_on_it(phone, invitation):
    phone.join(invitation)
    phone.consent()
    phone.record("Son", 2)
    phone.page.click(".sheet button.main")
    phone.page.wait_for_selector(".sheet", state="detached")
    phone.page.evaluate(f"() => {{ {REFUSES} window.isFull = true; }}")
    phone.page.click("button:has-text('Terminer')")
    wait_for(lambda: Testimony.objects.filter(files__state__in=["received", "verified", "kept"]).exists())


def test_a_camera_that_was_not_used_lengthens_nothing(phone, invitation):
    phone.join(invitation)
    phone.network.is_down = True
    phone.consent()
    with phone.page.expect_file_chooser():
        phone.page.locator(".prompts li >> nth=0 >> button:has-text('Photo')").click()
    phone.page.evaluate("document.querySelector('input[type=file]').dispatchEvent(new Event('cancel'))")
    phone.page.evaluate(AWAY, 16)
    phone.page.wait_for_selector("[name=pin]")


def test_a_recording_that_pauses_keeps_no_phone_open(phone, invitation):
    phone.join(invitation)
    phone.network.is_down = True
    phone.consent()
    phone.record("Son", 1)
    phone.page.click(".sheet button:has-text('Pause')")
    phone.page.evaluate(AWAY, 16)
    phone.page.fill("[name=pin]", PIN)
    phone.page.click("button.main")
    phone.page.click("text=Continuer")
    phone.page.wait_for_selector(".cards .card")
