"""Addresses of the capture API, under /capture/api/."""

from __future__ import annotations

from django.urls import path, re_path

from griot.testimonies.intake import api, uploads

app_name = "capture"
urlpatterns = [
    path("join/", api.join, name="join"),
    path("pack/", api.pack, name="pack"),
    path("spoken/<int:pk>/", api.spoken, name="spoken"),
    path("training/", api.training, name="training"),
    path("check-in/", api.check_in, name="check_in"),
    path("testimonies/", api.testimony, name="testimony"),
    path("state/", api.state, name="state"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/<uuid:pk>/", uploads.upload, name="upload"),
    re_path("", api.unknown),
]
