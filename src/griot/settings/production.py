"""A newsroom on the internet, behind a proxy that speaks https. Refuses to start when insecure."""

from django.core.exceptions import ImproperlyConfigured

from griot.settings.base import *  # noqa: F403
from griot.settings.base import (
    CONTACT,
    EMAIL_URL,
    PROXIES,
    PUBLIC_URL,
    SECRET_KEY,
    SECRET_KEY_FALLBACKS,
    env,
)
from griot.settings.reading import is_guessable, wide

_wrong = [
    text
    for holds, text in [
        (PUBLIC_URL.startswith("https://"), "GRIOT_PUBLIC_URL must be the https:// address that readers use"),
        (
            not any(map(is_guessable, [SECRET_KEY, *SECRET_KEY_FALLBACKS])),
            "GRIOT_SECRET_KEY, and each of GRIOT_OLD_SECRET_KEYS, must have at least 50 characters, drawn by"
            " chance (or be left unset)",
        ),
        (
            EMAIL_URL.startswith(("smtp://", "smtps://")),
            "EMAIL_URL must name the mail relay (smtps://user:password@host)",
        ),
        (
            not CONTACT.endswith("localhost"),
            "GRIOT_CONTACT must be an address that publishers and readers can write to",
        ),
        ("*" not in env.list("GRIOT_ALLOWED_HOSTS", default=[]), "GRIOT_ALLOWED_HOSTS must not contain *"),
        (
            PROXIES and not wide(PROXIES),
            "GRIOT_PROXIES must name the address of the proxy that speaks https (127.0.0.1 where it runs on"
            " the same machine), or a network of at most 65,536: only from there X-Forwarded-For and -Proto"
            " are believed",
        ),
        (
            not env.list("GRIOT_FETCH_ALLOWED", default=[]),
            "GRIOT_FETCH_ALLOWED opens the network behind the server; leave it unset",
        ),
    ]
    if not holds
]
if _wrong:
    raise ImproperlyConfigured("production would not be secure:\n  - " + "\n  - ".join(_wrong))

SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
