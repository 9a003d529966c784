"""Django's settings. Everything that differs between instances comes from the environment; see ``instance.py``."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from sozialraum.web import instance

HERE = Path(__file__).parent
PROJECT_FOLDER = instance.project_folder()
OWN_FOLDER = instance.own_folder(PROJECT_FOLDER)

DEBUG = os.environ.get("SOZIALRAUM_DEBUG") == "1"
SECRET_KEY = instance.secret_key(OWN_FOLDER)
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *filter(None, os.environ.get(instance.HOSTS, "").split(",")),
]
CSRF_TRUSTED_ORIGINS = list(filter(None, os.environ.get("SOZIALRAUM_ORIGINS", "").split(",")))
HTTPS = os.environ.get("SOZIALRAUM_HTTPS") == "1"
"""Set behind a proxy that speaks TLS: cookies are then sent over TLS alone."""

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "sozialraum.web.portal",
]
MIDDLEWARE = [
    "sozialraum.web.middleware.content_security",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sozialraum.web.middleware.finished_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "sozialraum.web.portal.frame.frame",
            ],
            "builtins": ["django.templatetags.i18n", "sozialraum.web.portal.templatetags.portal"],
        },
    }
]
ROOT_URLCONF = "sozialraum.web.urls"
WSGI_APPLICATION = "sozialraum.web.wsgi.application"
APPEND_SLASH = True
LOGIN_URL = "portal:login"
LOGIN_REDIRECT_URL = "portal:internal"
LOGOUT_REDIRECT_URL = "portal:start"

DATABASES = {"default": instance.database(OWN_FOLDER, os.environ.get(instance.DATABASE_URL))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("Deutsch")), ("en", _("Englisch"))]
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

STATIC_URL = "/static/"
STATIC_ROOT = OWN_FOLDER / "static"
STATICFILES_DIRS = [HERE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/dist/assets/.+-[\w-]{8}\.\w+$"
"""The build puts a hash of the content into each name: such files never change."""

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
