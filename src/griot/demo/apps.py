from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "griot.demo"
    label = "demo"
