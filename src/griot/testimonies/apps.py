from django.apps import AppConfig


class TestimoniesConfig(AppConfig):
    name = "griot.testimonies"
    label = "testimonies"
    verbose_name = "Testimonies"

    def ready(self) -> None:
        from griot.testimonies import weaknesses  # noqa: F401
