from __future__ import annotations

from django.apps import AppConfig


class TroublesConfig(AppConfig):
    name = "griot.troubles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from griot.troubles import weaknesses  # noqa: F401
