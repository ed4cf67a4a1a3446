"""The fixed words of an issue, per language of the edition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date

LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español"), ("ar", "العربية")]

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "unable": "Unable to see images?", "click": "Click here", "comments": "Comments/questions:", "photo": "Photo:",
        "share": "Share on", "press_review": "In the press", "archive": "All issues", "latest": "Latest issue",
        "feed": "Feed", "more": "Read more", "more_images": "Click here for more images", "banner": "main banner",
        "read": "Read here", "unsubscribe": "Unsubscribe", "why": "You receive this because you subscribed to",
        "older": "Older issues", "newer": "Newer issues", "none": "No issue has been published yet.",
        "skip": "Skip to the content", "sources": "with links to every source", "on_web": "View in browser", "all_outlets": "all {} outlets",
        "not_found": "There is no such page here.", "gone_wrong": "Something went wrong on our side.",
    },
    "fr": {
        "unable": "Les images ne s’affichent pas ?", "click": "Cliquez ici", "comments": "Commentaires/questions :",
        "photo": "Photo :", "share": "Partager sur", "press_review": "Dans la presse", "archive": "Tous les numéros",
        "latest": "Dernier numéro", "feed": "Flux", "more": "Lire la suite", "more_images": "Cliquez ici pour plus d’images",
        "banner": "bannière", "read": "Lire ici", "unsubscribe": "Se désabonner",
        "why": "Vous recevez ce message car vous êtes abonné à", "older": "Numéros plus anciens",
        "newer": "Numéros plus récents", "none": "Aucun numéro n’a encore été publié.", "skip": "Aller au contenu",
        "sources": "avec des liens vers chaque source", "on_web": "Voir dans le navigateur",
        "all_outlets": "les {} médias", "not_found": "Cette page n’existe pas.",
        "gone_wrong": "Une erreur s’est produite de notre côté.",
    },
    "es": {
        "unable": "¿No ve las imágenes?", "click": "Haga clic aquí", "comments": "Comentarios/preguntas:", "photo": "Foto:",
        "share": "Compartir en", "press_review": "En la prensa", "archive": "Todos los números", "latest": "Último número",
        "feed": "Canal", "more": "Leer más", "more_images": "Haga clic aquí para más imágenes", "banner": "banner",
        "read": "Leer aquí", "unsubscribe": "Darse de baja", "why": "Recibe este mensaje porque se suscribió a",
        "older": "Números anteriores", "newer": "Números más recientes", "none": "Todavía no se ha publicado ningún número.",
        "skip": "Ir al contenido", "sources": "con enlaces a todas las fuentes", "on_web": "Ver en el navegador", "all_outlets": "los {} medios",
        "not_found": "Esta página no existe.", "gone_wrong": "Algo falló de nuestro lado.",
    },
    "ar": {
        "unable": "لا تظهر الصور؟", "click": "اضغط هنا", "comments": "للتعليقات والأسئلة:", "photo": "الصورة:",
        "share": "شارك على", "press_review": "في الصحافة", "archive": "كل الأعداد", "latest": "أحدث عدد", "feed": "الخلاصة",
        "more": "اقرأ المزيد", "more_images": "اضغط هنا لمزيد من الصور", "banner": "الراية", "read": "اقرأ هنا",
        "unsubscribe": "إلغاء الاشتراك", "why": "تصلك هذه الرسالة لأنك مشترك في", "older": "أعداد أقدم",
        "newer": "أعداد أحدث", "none": "لم يُنشر أي عدد بعد.", "skip": "انتقل إلى المحتوى",
        "sources": "مع روابط إلى كل المصادر", "on_web": "العرض في المتصفح", "all_outlets": "كل المصادر ({})",
        "not_found": "هذه الصفحة غير موجودة.", "gone_wrong": "حدث خطأ من جهتنا.",
    },
}  # fmt: skip


def words(language: str) -> Mapping[str, str]:
    """The fixed words in a language; English where an edition's language has none of its own."""
    return _WORDS.get(language.split("-")[0], _WORDS["en"])


def long_date(day: date, language: str) -> str:
    """A date as readers of `language` write it: 12 December 2018."""
    return str(format_date(day, "d MMMM y", locale=language.replace("-", "_")))
