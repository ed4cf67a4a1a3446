from __future__ import annotations

from django.apps import AppConfig


class TroublesConfig(AppConfig):
    name = "griot.troubles"
    default_auto_field = "django.db.models.BigAutoField"
