from django.apps import AppConfig


class DigestConfig(AppConfig):
    name = "griot.digest"
    label = "digest"
    verbose_name = "Digest"
