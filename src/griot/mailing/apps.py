from django.apps import AppConfig


class MailingConfig(AppConfig):
    name = "griot.mailing"
    label = "mailing"
    verbose_name = "Mailing"
