"""A served small city: Django's test client on a project folder with one published release."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Django reads its settings when it is first imported, so the project folder exists before that.
PROJECT = Path(tempfile.mkdtemp(prefix="kleinstadt-"))
os.environ["SOZIALRAUM_PROJECT"] = str(PROJECT)
os.environ["DJANGO_SETTINGS_MODULE"] = "sozialraum.web.settings"
os.environ.pop("DATABASE_URL", None)
# A browser of another test may keep an event loop running in this process; Django then refuses the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django  # noqa: E402

django.setup()

import pytest  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from sozialraum.releases import Store  # noqa: E402
from sozialraum.web import pagecache  # noqa: E402
from sozialraum.web.atlas.release import Atlas, load_atlas  # noqa: E402
from web.city import write_city  # noqa: E402

setup_test_environment()


@pytest.fixture(scope="session")
def store() -> Store:
    return write_city(PROJECT)


@pytest.fixture(scope="session")
def atlas(store: Store) -> Atlas:
    release = store.published()
    assert release is not None
    return load_atlas(release)


@pytest.fixture(scope="session")
def database() -> None:
    call_command("migrate", interactive=False, verbosity=0)


@pytest.fixture
def client(store: Store) -> Iterator[Client]:
    pagecache.forget()
    yield Client()
    pagecache.forget()


@pytest.fixture
def steward(client: Client, database: None) -> Iterator[Client]:
    """Somebody of the staff, signed in."""
    client.force_login(User.objects.create_user("steward", is_staff=True))
    yield client
    User.objects.all().delete()
