from django.apps import AppConfig


class MailingConfig(AppConfig):
    name = "griot.mailing"
    label = "mailing"
    verbose_name = "Mailing"

    def ready(self) -> None:
        from griot.mailing import signals, weaknesses  # noqa: F401
