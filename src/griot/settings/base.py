"""Settings that every newsroom shares. All of it comes from the environment; see docs/settings.md."""

from __future__ import annotations

from email.utils import formataddr
from pathlib import Path
from urllib.parse import urlsplit

import environ

from griot import __version__
from griot.runtime.state import demo_facts, public_url, secret_key, state_folder
from griot.settings.reading import (
    LEVELS,
    address,
    database,
    helper,
    is_mailbox,
    is_network,
    is_place,
    is_relay,
    listed,
    number,
    one_of,
    setting,
    time_zone,
)

env = environ.Env()
BASE = Path(__file__).resolve().parents[1]
VAR = state_folder()

# --- who and where -----------------------------------------------------------------------
PUBLIC_URL = address("GRIOT_PUBLIC_URL", public_url())
PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname or "localhost"
CONTACT = setting("GRIOT_CONTACT", "editor@localhost", "an e-mail address", is_mailbox)
MAIL_FROM = env.str("GRIOT_MAIL_FROM", CONTACT)  # without a name: under the newsroom’s
USER_AGENT = f"Griot/{__version__} (+{PUBLIC_URL}; {CONTACT})"
TIME_ZONE = time_zone("GRIOT_TIME_ZONE")
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # a newsroom has one day, whoever looks
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [
    ("en", "English"),
    ("fr", "Français"),
    ("es", "Español"),
    ("ar", "العربية"),
]
WAGTAIL_I18N_ENABLED = True
WAGTAIL_FINISH_WORKFLOW_ACTION = "griot.digest.release.finishing.keep_approved"
WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {"CLASS": "griot.digest.release.translating.Machine"}
WAGTAIL_SITE_NAME = env.str("GRIOT_NAME", "Griot")
WAGTAILADMIN_BASE_URL = PUBLIC_URL

# --- security ----------------------------------------------------------------------------
DEBUG = False
SECRET_KEY = env.str("GRIOT_SECRET_KEY", "") or secret_key()
ALLOWED_HOSTS = env.list("GRIOT_ALLOWED_HOSTS", default=[PUBLIC_HOST])
# Used by `./griot serve`, which believes what these say of whom they speak for.
PROXIES = listed("GRIOT_PROXIES", "addresses or networks such as 10.1.0.0/16, comma-separated", is_network)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"  # Wagtail's previews and our outbox allow their own frames
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 1  # hour
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
# `key` is a name at an address for passwords (adapters.Accounts), or anybody could keep an editor out; for
# codes of a second factor it is the account, from wherever they come. No other sign-in empties its count.
ACCOUNT_RATE_LIMITS = {"login": "100/m/ip", "login_failed": "60/h/ip,10/h/key,40/d/key"}
SECRET_KEY_FALLBACKS: list[str] = env.list("GRIOT_OLD_SECRET_KEYS", default=[])
LOGIN_URL = WAGTAILADMIN_LOGIN_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
ACCOUNT_ADAPTER = "griot.accounts.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"  # administrators make the accounts
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""  # the sender says whose newsroom it is
MFA_ADAPTER = "griot.accounts.adapters.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "authenticate": "griot.accounts.codes.Authenticate",
    "reauthenticate": "griot.accounts.codes.Reauthenticate",
    "activate_totp": "griot.accounts.codes.Activate",
    "add_webauthn": "griot.accounts.passkeys.Add",
    "authenticate_webauthn": "griot.accounts.passkeys.Authenticate",
    "reauthenticate_webauthn": "griot.accounts.passkeys.Reauthenticate",
    "login_webauthn": "griot.accounts.passkeys.SignIn",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1  # steps of 30 s that a phone's clock may be off
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_HOST == "localhost"  # where browsers themselves allow it
SOCIALACCOUNT_ADAPTER = "griot.accounts.adapters.SingleSignOn"
# One provider, whose accounts an administrator has made here; a form in between would be stopped by our own
# form-action.
SOCIALACCOUNT_LOGIN_ON_GET = True
OIDC_SERVER = address("GRIOT_OIDC_SERVER", "")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": env.str("GRIOT_OIDC_NAME", "your organisation"),
                "client_id": env.str("GRIOT_OIDC_CLIENT", ""),
                "secret": env.str("GRIOT_OIDC_SECRET", ""),
                "settings": {"server_url": OIDC_SERVER},
            }
        ]
        if OIDC_SERVER
        else [],
    }
}

# --- the demo ---------------------------------------------------------------------------
DEMO = demo_facts()  # made by `./griot up` without --empty; empty in a real newsroom

# --- the press ---------------------------------------------------------------------------
# host:port or *.domain:port that the SSRF guard lets through although it is not public: the demo's wire.
FETCH_ALLOWED = frozenset(
    [
        *listed("GRIOT_FETCH_ALLOWED", "host:port or *.domain:port, comma-separated", is_place),
        *([f"*.localhost:{DEMO['port']}"] if DEMO else []),
    ]
)
FETCH_DELAY = number("GRIOT_FETCH_DELAY", 5.0, 0, 3600)  # seconds between two requests to one host
# Articles that nobody has used go after so many days; 0 keeps all.
KEEP_DAYS = number("GRIOT_KEEP_DAYS", 0, 0, 36500)
# Helpers, as docs/settings.md has them; by default what `./griot add_translator` brought, or none.
TRANSLATOR = helper("GRIOT_TRANSLATOR", "libretranslate", "deepl", "openai", "argos")
if not TRANSLATOR and any((VAR / "translator").glob("*_*/metadata.json")):
    TRANSLATOR = f"argos+{(VAR / 'translator').as_uri()}"
DRAFTER = helper("GRIOT_DRAFTER", "openai")

# --- testimonies -------------------------------------------------------------------------
# whisper+file:///folder, openai+https://:KEY@…/v1#MODEL; none by default
TRANSCRIBER = helper("GRIOT_TRANSCRIBER", "whisper", "openai")
PHONE_GB_A_DAY = number("GRIOT_PHONE_GB_A_DAY", 20.0, 0.001, 100_000)  # that one messenger may send
VAULT = VAR / "vault"  # encrypted files; the key lies elsewhere, and belongs into a backup of its own
VAULT_KEYS = Path(env.str("GRIOT_VAULT_KEYS", str(VAR / "keys" / "vault"))).expanduser()

CAPTURE_DIST = BASE.parents[1] / "capture" / "dist"

# --- the mail ----------------------------------------------------------------------------
# smtp://user:password@host:587 (STARTTLS where offered), smtps://…:465, or unset: a Maildir in var/
EMAIL_URL = setting("EMAIL_URL", "", "smtp:// or smtps:// and the relay's host", is_relay)
MAILDIR = VAR / "mail"
LONG_JOBS = {  # by kind: none keeps another waiting
    "films": ("testimonies.examine", "testimonies.machine", "testimonies.render"),
    "mails": ("mailing.deliver",),
    "wire": ("press.discover", "press.listen", "press.retain", "digest.check_links", "digest.translate"),
}
IN_DOUBT = one_of("GRIOT_IN_DOUBT", "skip", "skip", "resend")  # deliveries that a crash left in doubt
EMAIL_BACKEND = "griot.mailing.backend.RelayBackend"
DEFAULT_FROM_EMAIL = MAIL_FROM if "<" in MAIL_FROM else formataddr((WAGTAIL_SITE_NAME, MAIL_FROM))

# --- Django ------------------------------------------------------------------------------
INSTALLED_APPS = [
    "griot.accounts",
    "griot.troubles",
    "griot.press",
    "griot.testimonies",
    "griot.digest",
    "griot.mailing",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "griot.accounts.apps.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",  # wagtail-localize wants it; nobody opens it
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    *(["griot.demo"] if DEMO else []),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "griot.middleware.Headers",
    "griot.middleware.Fit",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "griot.accounts.factors.SecondFactor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "griot.accounts.guarding.Guard",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "griot.urls"
CSRF_FAILURE_VIEW = "griot.urls.form_refused"
ASGI_APPLICATION = "griot.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
_dsn = database("DATABASE_URL")  # any libpq URL or DSN, socket folders included
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **{
            django: str(_dsn.pop(libpq, ""))
            for django, libpq in [
                ("NAME", "dbname"),
                ("USER", "user"),
                ("PASSWORD", "password"),
                ("HOST", "host"),
                ("PORT", "port"),
            ]
        },
        "OPTIONS": _dsn,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_WORKER_DEFAULTS = {"delete_jobs": "successful"}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # jobs are asked for by name; a worker alone loads what does them

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise wants it to exist, though it may stay empty
WHITENOISE_USE_FINDERS = True  # no collectstatic: the files are served from where they lie
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
TYPESET = VAR / "typeset"  # PDFs, share cards and charts
CACHES = {
    # Shared by all web servers: how often somebody has tried to sign in, which codes were used.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
DATA_UPLOAD_MAX_NUMBER_FILES = 400  # a form names at most 300, and what is more is refused in words
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700

WAGTAILIMAGES_IMAGE_MODEL = "digest.Picture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "griot.digest.forms.PictureForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_ENABLE_UPDATE_CHECK = False  # an editor's browser contacts nobody but us
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# Who has the address may have a new password sent, and is signed in by the organisation's own sign-in.
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["bold", "italic", "link", "ul", "ol"]},
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "griot.logs.Discreet",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "filters": {"database_away": {"()": "griot.logs.DatabaseAway"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["database_away"],
        }
    },
    "root": {"handlers": ["stderr"], "level": one_of("GRIOT_LOG", "WARNING", *LEVELS)},
    "loggers": {"griot": {"level": one_of("GRIOT_LOG", "INFO", *LEVELS)}},
}
