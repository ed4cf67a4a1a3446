"""Our forms in ODK's own engine (@getodk/xforms-engine, which ODK Web Forms runs on): filled in as a person
would, and sent.
"""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
import requests
from lxml import etree
from requests.auth import HTTPDigestAuth

from griot.testimonies.core.forms import submitted
from griot.testimonies.core.types import KINDS
from griot.testimonies.intake import odk
from griot.testimonies.intake.receiving import examine
from griot.testimonies.models import ConsentText, Guide, Testimony
from tests.browser.tools import tool
from tests.testimonies import made
from tests.testimonies.people import make_campaign, make_messenger

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HERE = "http://engine.localhost"
FILL = """async ([xml, answers, sound, size]) => {
  const { createInstance } = await import("/engine.js");
  const root = (await createInstance(xml)).root;
  const all = (node) => [node, ...(node.currentState.children ?? []).flatMap(all)];
  const find = (name) => all(root).find((node) => node.currentState.reference.endsWith("/" + name));
  const refused = [];
  for (const [name, value] of answers) {
    const node = find(name);
    if (!node) { refused.push(`${name} is not asked`); continue; }
    if (!node.currentState.relevant) { refused.push(`${name} is not relevant`); continue; }
    if (node.nodeType === "select") Array.isArray(value) ? node.selectValues(value) : node.selectValue(value);
    else if (node.nodeType === "upload") node.setValue(new File([Uint8Array.from(atob(sound), (c) => c.charCodeAt(0))], "answer.wav", { type: "audio/wav" }));
    else node.setValue(value);
  }
  const labels = Object.fromEntries(root.languages.map((language) => { root.setLanguage(language); return [language.language ?? "", find("naming").currentState.label?.asString ?? ""]; }));
  const payload = await root.prepareInstancePayload({ payloadType: "chunked", maxSize: size });
  const parts = [];
  for (const data of payload.data) {
    const part = [];
    for (const [name, file] of data.entries()) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      let text = "";
      for (const byte of bytes) text += String.fromCharCode(byte);
      part.push([name, file.name, btoa(text)]);
    }
    parts.push(part);
  }
  return { status: payload.status, refused, labels, parts, violations: payload.violations?.map((v) => [v.reference, String(v.violation?.condition)]) ?? [], receipt: find("receipt_code").currentState.value };
}"""
EDIT = """async ([xml, sent]) => {
  const { loadForm } = await import("/engine.js");
  const form = await loadForm(xml);
  const instance = await form.editInstance({
    inputType: "FORM_INSTANCE_INPUT_RESOLVED",
    data: [{ get: () => new File([sent], "submission.xml", { type: "text/xml" }), entries: () => [] }],
  });
  const payload = await instance.root.prepareInstancePayload({ payloadType: "monolithic" });
  return await payload.data[0].get("xml_submission_file").text();
}"""
ANSWERS = [
    ["language", "fr"],
    ["explained", "read"],
    ["uses", ["web", "mail"]],
    ["name", "Awa Diop"],
    ["is_minor", "no"],
    ["naming", "alias"],
    ["alias", "Kiné"],
    ["place", "region"],
    ["country", "SN"],
    ["region", "Dakar"],
    ["face", "blur"],
    ["voice", "alter"],
    ["answer", "file"],
    ["text_leaving", "La nuit."],
]


@pytest.fixture
def house(site, settings, live_server):
    settings.PUBLIC_URL = live_server.url
    campaign = make_campaign()
    for kind in KINDS:
        Guide.objects.create(
            campaign=campaign,
            kind=kind,
            language="fr",
            title=kind,
            prompts=[{"id": "leaving", "text": "Pourquoi ?"}],
        )
    ConsentText.objects.create(campaign=campaign, language="fr", text="Votre récit est à vous.")
    return f"{live_server.url}/odk", HTTPDigestAuth(*odk.admit(make_messenger(campaign).messenger))


@pytest.fixture
def engine(page_at):
    script = Path(tool("@getodk/xforms-engine/dist/index.js")).read_text()
    page = page_at(1280)
    page.route(
        f"{HERE}/**",
        lambda route: route.fulfill(
            body=script if route.request.url.endswith(".js") else "<!doctype html>",
            content_type="text/javascript" if route.request.url.endswith(".js") else "text/html",
        ),
    )
    page.goto(HERE)
    return page


def test_a_form_is_filled_in_by_odks_engine_and_arrives(house, engine, tmp_path):
    url, auth = house
    form = requests.get(f"{url}/forms/griot-voices-interview", auth=auth, timeout=10).text
    sound = made.sound(tmp_path, "wav").read_bytes()
    done = engine.evaluate(FILL, [form, ANSWERS, base64.b64encode(sound).decode(), 10_000_000])
    assert done["refused"] == [] and done["violations"] == [] and done["status"] == "ready"
    assert done["labels"] and len(set(done["labels"].values())) > 1, "each language has words of its own"
    for part in done["parts"]:
        files = [(name, (filename, base64.b64decode(content))) for name, filename, content in part]
        assert requests.post(f"{url}/submission", files=files, auth=auth, timeout=30).status_code == 201
    row = Testimony.objects.get()
    assert (row.name, row.alias, row.region, row.answers) == (
        "Awa Diop",
        "Kiné",
        "Dakar",
        {"leaving": "La nuit."},
    )
    assert row.consent.naming == "alias" and set(row.consent.uses) == {"web", "mail"} and row.receipt
    file = row.files.get()
    examine(file.pk)
    file.refresh_from_db()
    assert (file.role, file.state, file.media) == (
        "evidence",
        "verified",
        "audio",
    ) and row.consent.evidence == str(file.pk)
    assert len(done["receipt"]) == 12 and len(set(done["receipt"])) > 3


def test_a_form_that_is_edited_keeps_its_receipt_s_code(house, engine):
    """And the moment at which it was begun; it names the one before."""
    url, auth = house
    form = requests.get(f"{url}/forms/griot-voices-interview", auth=auth, timeout=10).text
    answers = [answer for answer in ANSWERS if answer[0] != "answer"]
    done = engine.evaluate(FILL, [form, answers, "", 10_000_000])
    [sent] = [
        base64.b64decode(content) for name, _, content in done["parts"][0] if name == "xml_submission_file"
    ]
    first, edited = (
        submitted.read(xml) for xml in (sent, engine.evaluate(EDIT, [form, sent.decode()]).encode())
    )
    assert edited.before == first.instance != edited.instance
    assert edited.answers["receipt_code"] == first.answers["receipt_code"] == done["receipt"]
    assert edited.answers["told"] == first.answers["told"]


def test_what_is_no_consent_is_not_ready_to_be_sent(house, engine):
    url, auth = house
    form = requests.get(f"{url}/forms/griot-voices-interview", auth=auth, timeout=10).text
    answers = [a for a in ANSWERS if a[0] not in {"answer", "is_minor", "alias"}] + [
        ["is_minor", "yes"],
        ["naming", "named"],
        ["face", "show"],
    ]
    done = engine.evaluate(FILL, [form, answers, "", 10_000_000])
    named = {reference.rpartition("/")[2] for reference, _ in done["violations"]}
    assert done["status"] == "pending" and {"guardian", "signature", "naming", "face"} <= named


def test_every_kind_of_form_loads_in_odks_engine(house, engine):
    url, auth = house
    listed = etree.fromstring(requests.get(f"{url}/formList", auth=auth, timeout=10).content)
    forms = [requests.get(row.findtext("{*}downloadUrl"), auth=auth, timeout=10).text for row in listed]
    assert len(forms) == len(KINDS)
    for form in forms:
        assert (
            engine.evaluate(
                "async (xml) => { const { createInstance } = await import('/engine.js'); return (await"
                " createInstance(xml)).root.languages.length }",
                form,
            )
            == 3
        )
