"""This newsroom's vault."""

from __future__ import annotations

from django.conf import settings

from griot.testimonies.core.media.vault import Vault


def vault() -> Vault:
    return Vault(settings.VAULT, settings.VAULT_KEYS)
