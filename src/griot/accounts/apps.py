from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "griot.accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from griot.accounts import signals  # noqa: F401
