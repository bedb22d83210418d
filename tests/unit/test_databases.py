"""The databases that tests are given: what one test left is not there for the next."""

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import func, select, text

from storefront.models import Album, CatalogueVersion, make_engine, make_sessions
from storefront.storage import make_storage
from tests.factories import make_album
from tests.support.databases import Template


@pytest.fixture
def template(database_templates: Callable[[str], Template]) -> Template:
    return database_templates("postgresql")


def test_one_that_was_used_before_is_as_new(template: Template) -> None:
    for _ in range(2):
        url = template.copy()
        engine = make_engine(url)
        with make_sessions(engine)() as session:
            assert session.scalar(select(func.count(Album.id))) == 0
            assert session.scalar(select(CatalogueVersion.version)) == 1
            assert make_album(session, make_storage("memory://")).id == 1
        engine.dispose()
        forgotten = psycopg.connect(url.replace("+psycopg", ""))
        forgotten.execute("SELECT FROM album")  # in a transaction that nobody ends
        template.drop(url)
        forgotten.close()
    assert template.copy() == url, "it was the same one twice"
    template.drop(url)


def test_one_with_other_tables_is_not_used_again(template: Template) -> None:
    url = template.copy()
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE album ADD COLUMN colour text"))
    engine.dispose()
    template.drop(url)
    other = template.copy()
    assert other != url
    template.drop(other)
