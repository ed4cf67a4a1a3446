from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "griot.accounts"
    verbose_name = "Accounts"
    default = True

    def ready(self) -> None:
        from griot.accounts import signals  # noqa: F401
        from griot.accounts.codes import look_at_recovery_codes_in_turn

        look_at_recovery_codes_in_turn()


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's accounts and groups, with forms of ours."""

    user_viewset = "griot.accounts.viewsets.Accounts"
    group_viewset = "griot.accounts.viewsets.Roles"
