"""Addresses of OpenRosa, under /odk/, as its clients write them."""

from __future__ import annotations

from django.urls import path, re_path

from griot.testimonies.intake import odk

app_name = "odk"
urlpatterns = [
    path("formList", odk.form_list, name="form_list"),
    path("forms/<str:form_id>", odk.form, name="form"),
    path("forms/<str:form_id>/manifest", odk.manifest, name="manifest"),
    path("spoken/<int:pk>.m4a", odk.spoken, name="spoken"),
    path("submission", odk.submission, name="submission"),
    re_path("", odk.unknown),
]
