"""The fixed words of an issue, per language of the edition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date, format_interval, format_time

from griot.digest.core.story_words import STORY_WORDS
from griot.digest.core.types import RIGHT_TO_LEFT, Event

LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español"), ("ar", "العربية")]

_ISSUE_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "unable": "Unable to see images?", "click": "Click here", "comments": "Comments/questions:", "photo": "Photo:",
        "share": "Share on", "share_issue": "Share this issue on", "press_review": "In the press", "archive": "All issues", "latest": "Latest issue",
        "feed": "Feed", "more": "Read more", "more_images": "Click here for more images", "banner": "main banner",
        "read": "Read here", "unsubscribe": "Unsubscribe", "why": "You receive this because you subscribed to",
        "older": "Older issues", "newer": "Newer issues", "none": "No issue has been published yet.",
        "skip": "Skip to the content", "sources": "with links to every source", "on_web": "View in browser", "all_outlets": "all {} outlets",
        "not_found": "There is no such page here.", "gone_wrong": "Something went wrong on our side.",
        "correction": "Correction", "threshold": "Threshold", "minutes": "{} min",
        "untranslated": "Not translated yet", "machine": "Translated by machine; nobody has read it yet",
        "copy_link": "Copy link", "copied": "Link copied", "trending": "Trending", "opinion": "Opinion",
        "quote_of_day": "Quote of the day", "event": "Event", "watch": "Watch here",
        "table": "The figures as a table", "source": "Source:", "whole_issue": "The whole issue",
        "gone_picture": "This picture is no longer available.", "pdf": "PDF", "editions": "In other languages",
        "search": "Search", "search_label": "Search all issues", "outlet": "Outlet", "country": "Country",
        "theme": "Theme", "any": "any", "calendar": "Calendar", "results": "{} found",
        "no_results": "Nothing was found. Try fewer words, or take a filter away.",
        "bad_query": "The search could not be understood", "all_pictures": "All {} pictures", "previous": "Earlier",
        "next": "Later", "licence": "Licence:", "press_of": "{} on the press", "more_days": "Issues of {}",
        "sections": "Sections", "clear_search": "Clear",
        "unsubscribed": "You are unsubscribed. No further issue will be sent to this address.",
        "mistake": "That was a mistake: subscribe again",
        "subscribed_again": "You are subscribed again.",
        "stop": "Do you want to stop receiving this digest?",
    },
    "fr": {
        "unable": "Les images ne s’affichent pas ?", "click": "Cliquez ici", "comments": "Commentaires/questions :",
        "photo": "Photo :", "share": "Partager sur", "share_issue": "Partager ce numéro sur", "press_review": "Dans la presse", "archive": "Tous les numéros",
        "latest": "Dernier numéro", "feed": "Flux", "more": "Lire la suite", "more_images": "Cliquez ici pour plus d’images",
        "banner": "bannière", "read": "Lire ici", "unsubscribe": "Se désabonner",
        "why": "Vous recevez ce message car vous êtes abonné à", "older": "Numéros plus anciens",
        "newer": "Numéros plus récents", "none": "Aucun numéro n’a encore été publié.", "skip": "Aller au contenu",
        "sources": "avec des liens vers chaque source", "on_web": "Voir dans le navigateur",
        "all_outlets": "les {} médias", "not_found": "Cette page n’existe pas.",
        "gone_wrong": "Une erreur s’est produite de notre côté.",
        "correction": "Correction", "threshold": "Seuil", "minutes": "{} min", "untranslated": "Pas encore traduit",
        "machine": "Traduit par une machine ; personne ne l’a encore relu", "copy_link": "Copier le lien",
        "copied": "Lien copié", "trending": "Tendances", "opinion": "Opinions",
        "quote_of_day": "La citation du jour", "event": "Événement", "watch": "Regarder ici",
        "table": "Les chiffres en tableau", "source": "Source :", "whole_issue": "Tout le numéro",
        "gone_picture": "Cette image n’est plus disponible.", "pdf": "PDF", "editions": "Dans d’autres langues",
        "search": "Rechercher", "search_label": "Rechercher dans tous les numéros", "outlet": "Média",
        "country": "Pays", "theme": "Thème", "any": "tous", "calendar": "Calendrier", "results": "{} trouvés",
        "no_results": "Rien n’a été trouvé. Essayez moins de mots, ou retirez un filtre.",
        "bad_query": "La recherche n’a pas été comprise", "all_pictures": "Les {} images", "previous": "Plus tôt",
        "next": "Plus tard", "licence": "Licence :", "press_of": "{} sur la presse", "more_days": "Numéros de {}",
        "sections": "Rubriques", "clear_search": "Effacer",
        "unsubscribed": "Vous êtes désabonné. Aucun autre numéro ne sera envoyé à cette adresse.",
        "mistake": "C’était une erreur : s’abonner de nouveau",
        "subscribed_again": "Vous êtes de nouveau abonné.",
        "stop": "Voulez-vous ne plus recevoir cette revue ?",
    },
    "es": {
        "unable": "¿No ve las imágenes?", "click": "Haga clic aquí", "comments": "Comentarios/preguntas:", "photo": "Foto:",
        "share": "Compartir en", "share_issue": "Compartir este número en", "press_review": "En la prensa", "archive": "Todos los números", "latest": "Último número",
        "feed": "Canal", "more": "Leer más", "more_images": "Haga clic aquí para más imágenes", "banner": "banner",
        "read": "Leer aquí", "unsubscribe": "Darse de baja", "why": "Recibe este mensaje porque se suscribió a",
        "older": "Números anteriores", "newer": "Números más recientes", "none": "Todavía no se ha publicado ningún número.",
        "skip": "Ir al contenido", "sources": "con enlaces a todas las fuentes", "on_web": "Ver en el navegador", "all_outlets": "los {} medios",
        "not_found": "Esta página no existe.", "gone_wrong": "Algo falló de nuestro lado.",
        "correction": "Corrección", "threshold": "Umbral", "minutes": "{} min", "untranslated": "Aún sin traducir",
        "machine": "Traducido por una máquina; nadie lo ha leído todavía", "copy_link": "Copiar el enlace",
        "copied": "Enlace copiado", "trending": "Tendencias", "opinion": "Opinión",
        "quote_of_day": "La cita del día", "event": "Evento", "watch": "Ver aquí",
        "table": "Las cifras en una tabla", "source": "Fuente:", "whole_issue": "El número completo",
        "gone_picture": "Esta imagen ya no está disponible.", "pdf": "PDF", "editions": "En otros idiomas",
        "search": "Buscar", "search_label": "Buscar en todos los números", "outlet": "Medio", "country": "País",
        "theme": "Tema", "any": "todos", "calendar": "Calendario", "results": "{} encontrados",
        "no_results": "No se encontró nada. Pruebe con menos palabras o quite un filtro.",
        "bad_query": "No se entendió la búsqueda", "all_pictures": "Las {} imágenes", "previous": "Antes",
        "next": "Después", "licence": "Licencia:", "press_of": "{} en la prensa", "more_days": "Números de {}",
        "sections": "Secciones", "clear_search": "Borrar",
        "unsubscribed": "Se ha dado de baja. No se enviará ningún otro número a esta dirección.",
        "mistake": "Fue un error: suscribirse de nuevo",
        "subscribed_again": "Está suscrito de nuevo.",
        "stop": "¿Quiere dejar de recibir este resumen?",
    },
    "ar": {
        "unable": "لا تظهر الصور؟", "click": "اضغط هنا", "comments": "للتعليقات والأسئلة:", "photo": "الصورة:",
        "share": "شارك على", "share_issue": "شارك هذا العدد على", "press_review": "في الصحافة", "archive": "كل الأعداد", "latest": "أحدث عدد", "feed": "الخلاصة",
        "more": "اقرأ المزيد", "more_images": "اضغط هنا لمزيد من الصور", "banner": "الراية", "read": "اقرأ هنا",
        "unsubscribe": "إلغاء الاشتراك", "why": "تصلك هذه الرسالة لأنك مشترك في", "older": "أعداد أقدم",
        "newer": "أعداد أحدث", "none": "لم يُنشر أي عدد بعد.", "skip": "انتقل إلى المحتوى",
        "sources": "مع روابط إلى كل المصادر", "on_web": "العرض في المتصفح", "all_outlets": "كل المصادر ({})",
        "not_found": "هذه الصفحة غير موجودة.", "gone_wrong": "حدث خطأ من جهتنا.",
        "correction": "تصويب", "threshold": "العتبة", "minutes": "{} دقيقة", "untranslated": "لم يُترجم بعد",
        "machine": "ترجمة آلية لم يقرأها أحد بعد", "copy_link": "انسخ الرابط", "copied": "نُسخ الرابط",
        "trending": "الأكثر تداولاً", "opinion": "رأي", "quote_of_day": "قول اليوم", "event": "فعالية",
        "watch": "شاهد هنا", "table": "الأرقام في جدول", "source": "المصدر:", "whole_issue": "العدد كاملاً",
        "gone_picture": "لم تعد هذه الصورة متاحة.", "pdf": "PDF", "editions": "بلغات أخرى", "search": "بحث",
        "search_label": "ابحث في كل الأعداد", "outlet": "الوسيلة", "country": "البلد", "theme": "الموضوع",
        "any": "الكل", "calendar": "التقويم", "results": "{} نتيجة",
        "no_results": "لم يُعثر على شيء. جرّب كلمات أقل أو أزل مرشِّحاً.", "bad_query": "لم تُفهم عبارة البحث",
        "all_pictures": "كل الصور ({})", "previous": "الأسبق", "next": "الأحدث", "licence": "الرخصة:",
        "press_of": "{} في الصحافة", "more_days": "أعداد {}", "sections": "الأقسام", "clear_search": "امسح",
        "unsubscribed": "أُلغي اشتراكك. لن يُرسل أي عدد آخر إلى هذا العنوان.",
        "mistake": "كان ذلك خطأ: اشترك من جديد",
        "subscribed_again": "أنت مشترك من جديد.",
        "stop": "هل تريد التوقف عن تلقي هذه النشرة؟",
    },
}  # fmt: skip


def front_of(language: str) -> str:
    """The path of a language's front."""
    return "/" if language == "en" else f"/{language}/"


def words(language: str) -> Mapping[str, str]:
    """The fixed words in a language; English where an edition's language has none of its own."""
    return _WORDS.get(language.split("-")[0], _WORDS["en"])


def is_right_to_left(language: str) -> bool:
    return language.split("-")[0] in RIGHT_TO_LEFT


def long_date(day: date, language: str) -> str:
    """A date as readers of `language` write it: 12 December 2018."""
    return str(format_date(day, "d MMMM y", locale=language.replace("-", "_")))


def when(event: Event, language: str) -> str:
    """When an event is, as readers of `language` write it; one day, several, or from time to time."""
    locale = language.replace("-", "_")
    first, last = event.begins, event.ends or event.begins
    if first.date() != last.date():
        return str(format_interval(first, last, "yMMMd", locale=locale))
    day = long_date(first.date(), language)
    if not event.has_time:
        return day
    hours = [format_time(first, "HH:mm", locale=locale)]
    if event.ends:
        hours.append(format_time(last, "HH:mm", locale=locale))
    return f"{day}, {'–'.join(hours)} {first.tzname() or ''}".rstrip()


_TITLES = {
    "en": "Morning digest, {}",
    "fr": "Revue du matin, {}",
    "es": "Resumen de la mañana, {}",
    "ar": "نشرة الصباح، {}",
}
_WORDS = {language: {**said, **STORY_WORDS[language]} for language, said in _ISSUE_WORDS.items()}


def issue_title(day: date, language: str) -> str:
    """What an issue is called until an editor says it otherwise."""
    return _TITLES.get(language, _TITLES["en"]).format(long_date(day, language))
