"""What the tests run under: quick password hashing, loopback let through, nothing sent out."""

from griot.settings.base import *  # noqa: F403

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
FETCH_ALLOWED = frozenset({"*.localhost:8764"})
AXES_ENABLED = False
