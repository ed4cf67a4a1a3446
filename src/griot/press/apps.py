from django.apps import AppConfig


class PressConfig(AppConfig):
    name = "griot.press"
    label = "press"
    verbose_name = "Press"
