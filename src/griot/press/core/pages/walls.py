"""What stands in an article's place: a wall, or that there is nothing. Judged by all that a page says, never
by one phrase: news speaks of cookies, of hotels for members only, of people who were not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html as lxml_html

from griot.press.core.pages.linked_data import article_of, json_ld, nodes_of
from griot.press.core.pages.markup import short_text

LITTLE = 120  # characters: what tells less tells nothing
LONGEST_CALL = 220  # characters of what asks to subscribe
_CONSENT = re.compile(
    r"(?i)(before you continue|avant de (?:continuer|poursuivre)|antes de continuar|bevor sie|"
    r"prima di continuare|قبل المتابعة|(?:we|our \d* ?partners)[^.]{0,80}(?:cookies|your privacy)|"
    r"your (?:privacy )?choices|accept (?:all|cookies)|(?:tout )?accepter|aceptar|aceitar|zustimmen|"
    r"accett[ao]|votre vie privée|tu privacidad|datenschutz|la tua privacy|consent)"
)
_COOKIE = re.compile(
    r"(?i)cookies?|consent|privacy|vie privée|privacidad|privacidade|datenschutz|ملفات تعريف"
)
# What asks the reader to pay is said to nobody else; a label may stand in news, too: it counts where a block
# begins with it, or says little besides.
_CALL = re.compile(
    r"(?i)(subscribe (?:now )?to (?:continue|read|keep)|(?:^|[.!?] )to (?:continue|keep) reading|"
    r"to (?:continue|keep) reading(?:$|[.,:!]| this| the (?:full|rest|article|story)| for)|"
    r"already (?:a subscriber|subscribed|a member)|have an account\?|this (?:article|story|content) is "
    r"(?:for|reserved for|available to|only for|exclusive to) (?:our )?(?:\w+ )?(?:subscribers|members)|"
    r"réservée? (?:à nos |aux )abonnés|abonnez-vous pour|déjà abonnée?|la suite (?:\w+ )*est réservée|"
    r"(?:exclusivo|solo) para (?:los )?suscriptores|suscríbe(?:te|se) para|ya (?:eres|soy|es) suscriptor|"
    r"exclusivo para assinantes|assine para (?:continuar|ler)|já é assinante|weiterlesen mit|"
    r"nur für abonnenten|jetzt abonnieren|mit .{0,20}abo (?:weiter)?lesen|bereits abonnent|"
    r"riservato agli abbonati|abbonati per (?:continuare|leggere)|sei già abbonato|اشترك للمتابعة|"
    r"للاستمرار في القراءة|مشترك بالفعل)"
)
_LABEL = re.compile(
    r"(?i)(?:subscribers?|members?|premium)[- ]only|for (?:subscribers|members) only|abonnés|suscriptores|"
    r"assinantes|abonnenten|abbonati|للمشتركين فقط"
)
_TO_PAY = re.compile(
    r"(?i)subscri|abonn|abo[-/]|suscri|assin|abbon|log-?in|sign-?(?:in|up)|account|regist|premium|plan|offer|join"
)
_NOT_FOUND = re.compile(
    r"(?i)(\b404\b|page (?:not found|introuvable|no encontrada)|not found|no longer (?:available|exists)|"
    r"n['’]existe (?:pas|plus)|no existe|página não encontrada|seite (?:wurde )?nicht gefunden|"
    r"pagina non trovata|الصفحة غير موجودة)"
)
_FILLER = re.compile(
    r"(?i)\b(?:error|erreur|fehler|errore?|erro|oops|sorry|désolé|page|seite|página|pagina|the|this|that|cette|"
    r"la|le|esta|essa|diese|die|you|were|looking|for|was|is|http|code)\b|خطأ|الصفحة"
)
_PARTS = re.compile(r"\s[|–—-]\s|\s?[|»·]\s?")
# A page that speaks of itself and to whoever reads it.
_ADDRESSED = re.compile(
    r"(?i:\b(?:you|your|yours|we|our|us|vous|votre|vos|nous|notre|nos|usted(?:es)?|tus?|nuestr[oa]s?|nosotros|"
    r"você|vocês|noss[oa]s?|wir|unser\w*|dein\w*|tuo|tua|noi|nostr[aeio]|vostr[aeio]|voi)\b|"
    r"نحن|لدينا|موقعنا|شركاؤنا|شركائنا|خصوصيتك|موافقتك|بياناتك|متابعتك)|(?<=\w )(?:Sie|Ihre?[nrsm]?|Ihnen)\b"
)
_SENTENCE = re.compile(r"[^.!?؟\n]+")
_ELSEWHERE = frozenset({"nav", "aside", "footer", "header"})
_BLOCKS = ("p", "div", "section", "span", "strong", "h2", "h3", "h4", "li", "a", "button")


def told(text: str) -> int:
    """How many characters tell something: of sentences that speak neither of the page nor to its reader."""
    return sum(
        len(sentence)
        for sentence in _SENTENCE.findall(text)
        if len(sentence.split()) >= 6 and not _ADDRESSED.search(sentence) and not _CALL.search(sentence)
    )


def says_nothing_is_here(title: str, text: str) -> bool:
    """A page in place of one that is not there, whatever its server said."""
    name = _PARTS.split(title)[0]
    if _NOT_FOUND.search(name) and not re.search(r"\w{3}", _FILLER.sub(" ", _NOT_FOUND.sub(" ", name))):
        return True
    return bool(_NOT_FOUND.search(title) or _NOT_FOUND.search(text[:200])) and told(text) < LITTLE


def asks_for_consent(tree: lxml_html.HtmlElement, title: str, text: str) -> bool:
    """The page's own words speak of cookies, and little else is there."""
    words = f"{title} {text}"
    if told(text) >= LITTLE:
        return False
    return (len(_COOKIE.findall(words)) >= 2 and bool(_CONSENT.search(words))) or (
        len(text) < 200
        and bool(_COOKIE.search(title))
        and bool(_CONSENT.search(words + " " + tree.text_content()[:3000]))
    )


def asks_to_pay(tree: lxml_html.HtmlElement) -> bool:
    """The page's main part asks to subscribe, or its data says so (schema.org's isAccessibleForFree)."""
    article = article_of(tree)
    stated = [article.get("isAccessibleForFree")] if article else list(_free(tree))
    return any(str(value).lower() == "false" for value in stated) or any(map(_is_call, _calls(tree)))


def _free(tree: lxml_html.HtmlElement) -> Iterator[object]:
    for data in json_ld(tree):
        yield from (node.get("isAccessibleForFree") for node in nodes_of(data))


def _calls(tree: lxml_html.HtmlElement) -> Iterator[str]:
    """The short texts of the page's main part that ask for something, and lead to no other piece."""
    for block in tree.iter(*_BLOCKS):
        text = short_text(block, LONGEST_CALL)
        if not (_CALL.search(text) or _LABEL.search(text)):
            continue
        links = [block] if block.tag == "a" else [*block.iter("a"), *block.iterancestors("a")]
        leads_away = any(
            not _TO_PAY.search(link.get("href", "")) and short_text(link, LONGEST_CALL) in {text, ""}
            for link in links
        )
        if not leads_away and not {above.tag for above in block.iterancestors()} & _ELSEWHERE:
            yield text


def _is_call(text: str) -> bool:
    label = _LABEL.search(text)
    return bool(_CALL.search(text)) or bool(label and (len(text.split()) <= 5 or label.start() == 0))
