from django.apps import AppConfig


class DigestConfig(AppConfig):
    name = "griot.digest"
    label = "digest"
    verbose_name = "Digest"

    def ready(self) -> None:
        from griot.digest import signals  # noqa: F401
        from griot.digest.live import lead_through_the_page
        from griot.digest.release import approving, standing  # noqa: F401
        from griot.digest.site import reading  # noqa: F401

        lead_through_the_page()
