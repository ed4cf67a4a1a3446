"""One machine, reached over http: what `./griot up` runs."""

from griot.settings.base import *  # noqa: F403
from griot.settings.base import PUBLIC_HOST, env

ALLOWED_HOSTS = env.list(
    "GRIOT_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", ".localhost", PUBLIC_HOST]
)
SILENCED_SYSTEM_CHECKS = [
    "security.W004",
    "security.W008",
    "security.W012",
    "security.W016",
]  # they ask for https
