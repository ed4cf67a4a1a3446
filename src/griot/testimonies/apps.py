from django.apps import AppConfig


class TestimoniesConfig(AppConfig):
    name = "griot.testimonies"
    label = "testimonies"
    verbose_name = "Testimonies"
