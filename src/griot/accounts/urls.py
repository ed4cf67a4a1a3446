"""Signing in, under /admin/: what we use of django-allauth, each at an address of ours. Wagtail
resets forgotten passwords.
"""

from allauth.account import views as account
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin.auth import require_admin_access

from griot.accounts import people, rooms

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/", rooms.account, name="wagtailadmin_account"),
    path("password_reset/", rooms.reset_password, name="wagtailadmin_password_reset"),
    # Asked for by allauth's pages; accounts are made by administrators, and Wagtail resets passwords.
    path("sign-up/", RedirectView.as_view(pattern_name="account_login"), name="account_signup"),
    path(
        "forgotten/",
        RedirectView.as_view(pattern_name="wagtailadmin_password_reset"),
        name="account_reset_password",
    ),
    path("factors/", include("allauth.mfa.urls")),
    path("sso/oidc/<slug:provider_id>/login/", rooms.organisation_login, name="organisation_login"),
    path("sso/", include("allauth.socialaccount.urls")),
    path("sso/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("team/", require_admin_access(people.team), name="team"),
    path("team/invite/", require_admin_access(people.invite), name="invite"),
    path("team/<int:pk>/invite/", require_admin_access(people.invite_again), name="invite_again"),
    path("second-factors/", rooms.second_factors, name="second_factors"),
    path("second-factors/<int:pk>/forget/", rooms.forget, name="forget_factors"),
]
