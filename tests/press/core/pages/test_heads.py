"""What stands over an article never stands in its text; what its first sentences say always does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from griot.press.core.pages.heads import is_furniture, without_head
from griot.press.core.pages.pages import read_page

Said = dict[str, str | list[str]]
LANGUAGES = {
    "en": {
        "title": "Padma bridge toll halved for returning migrants",
        "kicker": "Transport",
        "date": "24.11.2026",
        "by": "By Rahima Khatun",
        "pub": "Published: 24 November 2026, 10:15",
        "upd": "Updated 3 hours ago",
        "read": "4 min read",
        "share": ["Share", "Facebook", "Twitter", "WhatsApp", "Copy link"],
        "cap": "A lorry waits at the bridge. Photo: Wirepoint/A. Lima",
        "lead": "Bangladesh halved the toll on the Padma bridge on Tuesday for buses that carry "
        "returning migrants.",
        "rest": [
            "The ministry of road transport said that 1,200 buses had crossed in November.",
            "The measure holds until the end of the year, an official told reporters in Dhaka.",
            "Unions of drivers had asked for it since the summer, when fares rose by a fifth.",
        ],
    },
    "fr": {
        "title": "Le péage du pont de Padma réduit de moitié",
        "kicker": "Transports",
        "date": "24/11/2026",
        "by": "Par Awa Ndiaye",
        "pub": "Publié le 24 novembre 2026 à 10h15",
        "upd": "Mis à jour il y a 3 heures",
        "read": "Temps de lecture : 4 min",
        "share": ["Partager", "Facebook", "Copier le lien"],
        "cap": "Un camion attend au pont. © Wirepoint",
        "lead": "Le Bangladesh a réduit de moitié mardi le péage du pont de Padma pour les bus de migrants.",
        "rest": [
            "Le ministère des transports a indiqué que 1 200 bus étaient passés en novembre.",
            "La mesure vaut jusqu’à la fin de l’année, selon un responsable à Dacca.",
        ],
    },
    "es": {
        "title": "El peaje del puente de Padma se reduce a la mitad",
        "kicker": "Transporte",
        "date": "24 nov 2026 - 10:15 CET",
        "by": "Por Lucía Prado",
        "pub": "Publicado el 24 de noviembre de 2026",
        "upd": "Actualizado hace 3 horas",
        "read": "4 min de lectura",
        "share": ["Compartir", "Facebook", "Copiar enlace"],
        "cap": "Un camión espera en el puente. Foto: Wirepoint",
        "lead": "Bangladés redujo el martes a la mitad el peaje del puente de Padma para los autobuses "
        "de migrantes.",
        "rest": [
            "El ministerio de transporte dijo que 1.200 autobuses habían cruzado en noviembre.",
            "La medida vale hasta el fin del año, según un funcionario en Daca.",
        ],
    },
    "pt": {
        "title": "Pedágio da ponte de Padma cai pela metade",
        "kicker": "Transportes",
        "date": "24/11/2026 10h15",
        "by": "Por Ana Lima",
        "pub": "Publicado em 24/11/2026",
        "upd": "Atualizado há 3 horas",
        "read": "Tempo de leitura: 4 min",
        "share": ["Compartilhar", "Facebook", "Copiar link"],
        "cap": "Um caminhão espera na ponte. Foto: Wirepoint",
        "lead": "O Bangladesh reduziu pela metade nesta terça o pedágio da ponte de Padma para ônibus "
        "de migrantes.",
        "rest": [
            "O ministério dos transportes disse que 1.200 ônibus cruzaram em novembro.",
            "A medida vale até o fim do ano, segundo um funcionário em Daca.",
        ],
    },
    "de": {
        "title": "Maut der Padma-Brücke für Rückkehrer halbiert",
        "kicker": "Verkehr",
        "date": "24.11.2026, 10:15 Uhr",
        "by": "Von Jana Brandt",
        "pub": "Veröffentlicht am 24. November 2026",
        "upd": "Aktualisiert vor 3 Stunden",
        "read": "Lesezeit: 4 Minuten",
        "share": ["Teilen", "Facebook", "Link kopieren"],
        "cap": "Ein Lastwagen wartet an der Brücke. Foto: Wirepoint",
        "lead": "Bangladesch hat am Dienstag die Maut der Padma-Brücke für Busse mit Rückkehrern halbiert.",
        "rest": [
            "Das Verkehrsministerium teilte mit, dass im November 1.200 Busse gefahren seien.",
            "Die Regelung gilt bis zum Jahresende, sagte ein Beamter in Dhaka.",
        ],
    },
    "it": {
        "title": "Dimezzato il pedaggio del ponte di Padma",
        "kicker": "Trasporti",
        "date": "24 Novembre 2026",
        "by": "di Carla Neri",
        "pub": "Pubblicato il 24/11/2026 alle 10:15",
        "upd": "Aggiornato 3 ore fa",
        "read": "Tempo di lettura: 4 minuti",
        "share": ["Condividi", "Facebook", "Copia link"],
        "cap": "Un camion aspetta al ponte. Foto: Wirepoint",
        "lead": "Il Bangladesh ha dimezzato martedì il pedaggio del ponte di Padma per gli autobus di "
        "migranti.",
        "rest": [
            "Il ministero dei trasporti ha detto che 1.200 autobus sono passati a novembre.",
            "La misura vale fino alla fine dell’anno, ha detto un funzionario a Dacca.",
        ],
    },
    "ar": {
        "title": "خفض رسوم جسر بادما إلى النصف",
        "kicker": "نقل",
        "date": "24 نوفمبر 2026",
        "by": "بقلم: سلمى حداد",
        "pub": "نُشر في 24 نوفمبر 2026",
        "upd": "آخر تحديث: قبل 3 ساعات",
        "read": "مدة القراءة: 4 دقائق",
        "share": ["مشاركة", "فيسبوك", "نسخ الرابط"],
        "cap": "شاحنة تنتظر عند الجسر. تصوير: وايربوينت",
        "lead": "خفضت بنغلاديش يوم الثلاثاء رسوم جسر بادما إلى النصف للحافلات التي تقل المهاجرين العائدين.",
        "rest": [
            "وقالت وزارة النقل إن 1200 حافلة عبرت الجسر في نوفمبر.",
            "ويسري الإجراء حتى نهاية العام، بحسب مسؤول في دكا.",
            "وأضاف المسؤول أن الوزارة تدرس تمديد الإجراء إلى الربيع المقبل بعد أن ارتفعت أجور "
            "السفر بمقدار الخمس منذ الصيف.",
            "ورحبت نقابات السائقين بالقرار، وقالت إن آلاف العائلات ستعود إلى قراها في الأسابيع "
            "المقبلة بكلفة أقل مما كانت عليه.",
        ],
    },
}


def body(x: Said, tag: str = "p") -> str:
    return "".join(f"<{tag}>{t}</{tag}>" for t in (x["lead"], *x["rest"]))


def broken(x: Said) -> str:
    return "<br><br>".join((x["lead"], *x["rest"]))


def head(x: Said, tag: str) -> str:
    said = (x["kicker"], x["by"], x["date"], x["pub"], x["upd"], x["read"], *x["share"])
    return "".join(f"<{tag}>{s}</{tag}>" for s in said)


def rest(x: Said) -> str:
    return "".join(f"<p>{t}</p>" for t in x["rest"])


LAYOUTS: dict[str, Callable[[Said], str]] = {
    "h1-p-meta": lambda x: (
        f"<article><h1>{x['title']}</h1>{head(x, 'p')}<figure><img src=a.jpg><figcaption>"
        f"{x['cap']}</figcaption></figure>{body(x)}</article>"
    ),
    "h1-div-meta": lambda x: (
        f"<article><h1>{x['title']}</h1>{head(x, 'div')}<figure><img src=a.jpg><figcaption>"
        f"{x['cap']}</figcaption></figure>{body(x)}</article>"
    ),
    "h1-span-meta": lambda x: (
        f"<article><h1>{x['title']}</h1><div class=meta>{head(x, 'span')}</div>{body(x)}</article>"
    ),
    "h1-li-meta": lambda x: f"<article><h1>{x['title']}</h1><ul>{head(x, 'li')}</ul>{body(x)}</article>",
    "div-title-br": lambda x: (
        f"<div class=post><div class=headline>{x['title']}</div><span class=date>{x['date']}"
        f"</span> <div class=txt>{broken(x)}</div></div>"
    ),
    "td-glued": lambda x: (
        f"<table><tr><td><b>{x['title']}</b><br>{x['date']}<br>{broken(x)}</td></tr></table>"
    ),
    "h2-inline-date": lambda x: f"<div id=content><h2>{x['title']}</h2>{x['date']} {broken(x)}</div>",
    "p-title-date-lead": lambda x: (
        f"<main><h1>{x['title']}</h1><p><strong>{x['title']}</strong> {x['date']} {x['lead']}"
        f"</p>{rest(x)}</main>"
    ),
    "p-date-lead": lambda x: (
        f"<main><h1>{x['title']}</h1><p><span class=date>{x['date']}</span> {x['lead']}</p>{rest(x)}</main>"
    ),
    "p-date-br-lead": lambda x: (
        f"<main><h1>{x['title']}</h1><p>{x['date']}<br>{x['lead']}</p>{rest(x)}</main>"
    ),
    "div-no-p": lambda x: (
        f"<article><h1>{x['title']}</h1><time>{x['date']}</time><div>{x['lead']}</div>"
        f"{''.join(f'<div>{r}</div>' for r in x['rest'])}</article>"
    ),
    "title-time-text": lambda x: (
        f"<article><h1>{x['title']}</h1><time datetime=2026-11-24>{x['date']}</time>{broken(x)}</article>"
    ),
    "header-el": lambda x: (
        f"<article><header><p class=kicker>{x['kicker']}</p><h1>{x['title']}</h1><p>{x['by']} | "
        f"{x['date']}</p></header>{body(x)}</article>"
    ),
    "by-date-one-line": lambda x: (
        f"<article><h1>{x['title']}</h1><p>{x['by']} – {x['pub']} – {x['upd']}</p><p>{x['read']}"
        f"</p><div>{' '.join(x['share'])}</div>{body(x)}</article>"
    ),
    "share-links": lambda x: (
        f"<article><h1>{x['title']}</h1><ul class=s>"
        f"{''.join(f'<li><a href=#>{s}</a></li>' for s in x['share'])}</ul><p><a href=/t>"
        f"{x['kicker']}</a> | {x['date']}</p>{body(x)}</article>"
    ),
    "caption-p": lambda x: (
        f"<article><h1>{x['title']}</h1><p><em>{x['by']}"
        f"</em></p><div class=wp-caption><img src=a.jpg><p class=wp-caption-text>{x['cap']}"
        f"</p></div>{body(x)}</article>"
    ),
    "caption-div": lambda x: (
        f"<article><h1>{x['title']}</h1><div class=image><img src=a.jpg><div class=cap>"
        f"{x['cap']}</div></div>{body(x)}</article>"
    ),
    "caption-span-small": lambda x: (
        f"<article><h1>{x['title']}</h1><p><img src=a.jpg><br><small>{x['cap']}</small></p>"
        f"{body(x)}</article>"
    ),
    "title-again-in-body": lambda x: (
        f"<main><h1>{x['title']}</h1><div class=entry><p>{x['title']}</p><p>{x['date']}</p>"
        f"{body(x)}</div></main>"
    ),
    "title-h3-in-body": lambda x: (
        f"<main><div class=entry><h3>{x['title']}</h3><p>{x['pub']}</p>{body(x)}</div></main>"
    ),
    "buttons": lambda x: (
        f"<article><h1>{x['title']}</h1><div>"
        f"{''.join(f'<button>{s}</button>' for s in x['share'])}</div><div><span>{x['by']}"
        f"</span><span>{x['upd']}</span><span>{x['read']}</span></div>{body(x)}</article>"
    ),
    "breadcrumb": lambda x: (
        f"<main><div class=crumbs><a href=/>Home</a> &gt; <a href=/x>{x['kicker']}</a> &gt; "
        f"{x['title']}</div><h1>{x['title']}</h1><p>{x['date']}</p>{body(x)}</main>"
    ),
    "dl": lambda x: (
        f"<main><h1>{x['title']}</h1><dl><dt>Date</dt><dd>{x['date']}</dd><dt>Author</dt><dd>"
        f"{x['by']}</dd></dl>{body(x)}</main>"
    ),
    "h4-h5": lambda x: (
        f"<article><h5>{x['kicker']}</h5><h1>{x['title']}</h1><h4>{x['by']}</h4><h6>{x['date']}"
        f"</h6>{body(x)}</article>"
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_text_begins_with_its_first_sentence(language, layout):
    x = LANGUAGES[language]
    html = (
        f"<html lang={language}><head><meta charset=utf-8><title>{x['title']} | The Post</title></head><body>"
        f"<nav><a href=/>Home</a></nav>{LAYOUTS[layout](x)}<footer>© 2026</footer></body></html>"
    )
    text = read_page(html.encode(), "https://a.example/news/1").text
    assert text.startswith(x["lead"]), text[:300]
    assert all(paragraph in text for paragraph in x["rest"])


TITLE = "Padma bridge toll halved for returning migrants"
SECOND = "The minister spoke in Dhaka on Tuesday to reporters."


@pytest.mark.parametrize(
    "line",
    [
        "Published on Tuesday, 24 November 2026 at 10:15 am",
        "Tue 24 Nov 2026 10.15 GMT",
        "Last updated: Nov 24, 2026 | 10:15 UTC",
        "First published on Tue 24 Nov 2026 06.00 EST",
        "Mardi 24 novembre 2026 à 10h15",
        "Publié le 24/11/2026 à 10:15, mis à jour le 24/11/2026 à 11:20",
        "mar. 24 nov. 2026",
        "24 de novembro de 2026 às 10:15",
        "Publicado: 24/11/2026 10:15 | Actualizado: 24/11/2026 11:20",
        "Dienstag, 24. November 2026",
        "Stand: 24.11.2026, 10:15 Uhr",
        "martedì 24 novembre 2026",
        "الثلاثاء 24 نوفمبر 2026",
        "نشر في: 24/11/2026 - 10:15",
        "آخر تحديث: 24 نوفمبر 2026 الساعة 10:15 ص",
        "5 minute read",
        "5-min read",
        "Lecture 4 min",
        "By Ana Lima and Bo Chen",
        "By ANA LIMA, Staff Writer",
        "By Ana Lima in Dhaka",
        "Par Awa Ndiaye avec AFP",
        "Por Lucía Prado, Dhaka",
        "Von Jana Brandt und Uli Hahn",
        "di Carla Neri",
        "كتب: أحمد علي",
        "Share on Facebook",
        "Share this article",
        "Tweet",
        "Facebook Twitter Email",
        "Partager sur Facebook",
        "Compartir en WhatsApp",
        "Teilen auf Facebook",
        "Photo: AFP",
        "© Wirepoint 2026",
        "A lorry waits. [Photo: Wirepoint]",
        "A lorry waits (Photo by Ana Lima/Getty Images)",
        "Foto: dpa",
        "Image: Wirepoint",
        "Image credit: Wirepoint",
        "Un camion. © AFP",
        "Une photo | Crédit : AFP",
        "24 Nov, 2026",
        "24th November, 2026",
        "2026-11-24",
        "2026-11-24 10:15:00",
        "2026-11-24T10:15:00Z",
        "Nov. 24, 2026, 10:15 a.m. ET",
        "November 24, 2026 10:15 AM EST",
        "Yesterday at 10:15",
        "2h ago",
        "3 hrs ago",
        "Just now",
        "il y a 3 h",
        "Actualizado hace 3 h",
        "Tempo de leitura: 4 minutos",
        "Lesedauer: 4 Min.",
        "4 Min Lesezeit",
        "Leitura: 4 min",
        "Lettura 4 min",
        "4 minutes de lecture",
        "Written by Ana Lima",
        "Reported by Ana Lima",
        "Ana Lima | 24 November 2026",
        "Ana Lima, Dhaka, 24 November 2026",
        "DHAKA, 24 Nov 2026",
        "Read time: 4 min",
        "Reading time: 4 minutes",
        "Publié aujourd’hui à 10h15",
        "Hoje às 10h15",
        "Heute, 10:15 Uhr",
        "Tuesday 24 November 2026",
        "Tuesday, November 24th, 2026",
        "Escrito por Ana Lima",
        "Écrit par Ana Lima",
        "Scritto da Ana Lima",
        "Geschrieben von Ana Lima",
        "Escuchar",
        "0 comments",
        "12 Comments",
        "Comments (3)",
        "Views: 1,204",
        "1,204 views",
    ],
)
def test_what_stands_over_an_article_is_left_out(line):
    assert is_furniture(line)
    assert without_head(f"{TITLE}\n{line}\n{SECOND}", {TITLE.lower()}) == SECOND


@pytest.mark.parametrize(
    "sentence",
    [
        "24 November 2026 was the day on which the camp burned.",
        "On 24 November 2026, the camp burned.",
        "November 24, 2026, began with rain over Dhaka.",
        "By Monday night, 300 people had been brought ashore.",
        "Von Berlin nach Wien fahren wieder Züge.",
        "Por Dios.",
        "Di Maio ha detto che il governo cade.",
        "Par ailleurs, la ville a fermé.",
        "Padma bridge toll halved for returning migrants, the ministry said on Monday.",
        "Padma bridge toll halved for returning migrants by decree, the ministry said.",
        "It is a powerful image: a child alone on the quay.",
        "Updated figures show 300 deaths.",
        "Published figures for 2026 show a rise.",
        "3 hours ago, a boat capsized off Kayar.",
        "Share prices fell by a fifth.",
        "Print media are in decline.",
        "Two minutes read like an hour in court.",
        "10:15 was when the clock stopped.",
        "24.11.2026 gilt als der Tag des Umbruchs.",
        "1,200 buses crossed.",
        "© is a sign that lawyers like, and it stands in this long sentence, which says much about how "
        "pictures are owned in our days.",
        "Photo: why this picture moved the whole world, and what its maker says of it now that ten years "
        "have gone by since then.",
        "“We left at night,” she said.",
        "منذ 3 أيام لم تصل أي حافلة إلى المدينة.",
        "في 24 نوفمبر 2026 احترق المخيم.",
        "Dhaka, 24 November 2026 (Wirepoint) – Bangladesh halved the toll.",
        "DHAKA: Bangladesh halved the toll.",
        "Stand am Dienstag: 300 Tote.",
        "Il y a 3 jours, le bateau a coulé.",
        "Hace 3 días zarpó el barco.",
        "Há 3 dias o barco partiu.",
        "Vor 3 Tagen sank das Boot.",
        "Fotos: so sah der Hafen aus, bevor er brannte, und so sieht er heute aus, sagen die Leute von "
        "dort, die geblieben sind und warten.",
    ],
)
def test_a_first_sentence_stays_as_it_is(sentence):
    assert without_head(f"{sentence}\n{SECOND}", {TITLE.lower()}) == f"{sentence}\n{SECOND}"


def test_a_subheading_before_the_first_sentence_stays():
    assert without_head(f"{TITLE}\nThe fares\n{SECOND}", {TITLE.lower()}) == f"The fares\n{SECOND}"


lines = st.sampled_from(
    [TITLE, "By Ana Lima", "24.11.2026", "Share", "Transport", SECOND, "", "24.11.2026 Bangladesh halved"]
)


@pytest.mark.parametrize(
    "unit",
    [
        "12:00et",
        "12:00 et ",
        "published12:00et",
        "published today, 12:00",
        "5 min readgmt",
        "2026-11-24T12:00",
    ],
)
def test_a_date_that_goes_on_for_ever_is_read_once(unit):
    """Each of its parts can be read in two ways; all ways of twenty are a million, of forty no end."""
    line = f"24.11.2026 {unit * 40}x"[:400]
    assert without_head(f"{line}\n{SECOND}", set()).endswith(SECOND)


@given(st.lists(lines | st.text(max_size=30), max_size=12))
def test_whatever_is_cut_the_rest_is_as_it_was(written):
    text = "\n".join(written)
    left = without_head(text, {TITLE.lower()})
    assert bool(left.strip()) == bool(text.strip())
    assert all(
        any(line.strip().endswith(kept.strip()) for line in text.split("\n")) for kept in left.split("\n")
    )
