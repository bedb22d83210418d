"""Migrations: up, down and up again, on both databases, with the models and the rows as the measure."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from storefront.migrations import configuration, downgrade, is_current, revisions, upgrade
from storefront.models import Base, make_engine

#: Made by hand for each database's full text.
SEARCH = "album_search"


@pytest.fixture
def engine(empty_database: str) -> Iterator[Engine]:
    engine = make_engine(empty_database)
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    return {name for name in inspect(engine).get_table_names() if not name.startswith(SEARCH)} - {"alembic_version"}


def test_up_makes_exactly_what_the_models_say(engine: Engine) -> None:
    assert not is_current(engine)
    upgrade(engine)
    assert is_current(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, Base.metadata)
    assert [difference for difference in differences if SEARCH not in str(difference)] == []
    assert tables(engine) == set(Base.metadata.tables)


def test_the_files_are_named_by_their_steps() -> None:
    """Alembic reads the files; who only asks whether the database is current reads their names."""
    steps = ScriptDirectory.from_config(configuration()).walk_revisions()
    assert revisions() == tuple(step.revision for step in steps)[::-1]


def test_a_database_of_another_step_is_not_current(engine: Engine) -> None:
    upgrade(engine)
    downgrade(engine, revisions()[-2])
    assert not is_current(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not is_current(engine)


def test_checks_and_partial_indexes_are_there_too(engine: Engine) -> None:
    """What Alembic's comparison does not look at."""
    upgrade(engine)
    found = inspect(engine)
    for table in Base.metadata.sorted_tables:
        wanted = {str(check.name) for check in table.constraints if type(check).__name__ == "CheckConstraint"}
        assert {check["name"] for check in found.get_check_constraints(table.name)} == wanted, table.name
        wanted = {str(index.name) for index in table.indexes}
        assert wanted <= {index["name"] for index in found.get_indexes(table.name)}, table.name


def test_down_takes_everything_away_and_up_works_again(engine: Engine) -> None:
    upgrade(engine)
    downgrade(engine, "base")
    assert tables(engine) == set()
    assert not [name for name in inspect(engine).get_table_names() if name.startswith(SEARCH)]
    upgrade(engine)
    assert tables(engine) == set(Base.metadata.tables)


def test_up_on_a_database_in_use_keeps_its_rows(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE catalogue_version SET version = 42"))
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version FROM catalogue_version")).scalar() == 42


def test_albums_that_are_there_are_offered_in_what_was_made_of_them(engine: Engine) -> None:
    """0003: new albums have AAC too, but of the old ones there is none; tracks and files are the same as before."""
    upgrade(engine, "0002")
    day = "'2026-11-24 00:00:00'"
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO album (id, public_id, slug, title, artist_credit, description, credits, label, copyright, "
            "genre, amount, currency, pricing, state, released, release_day, cover_alt, created, updated) "
            "VALUES (1, 'a', 'low-tide', '', '', '', '', '', '', '', 0, 'eur', 'fixed', 'draft', "
            f"'', {day}, '', {day}, {day})",
            "INSERT INTO edition (id, public_id, album_id, number, state, fingerprint, created) "
            f"VALUES (1, 'e', 1, 1, 'ready', '', {day})",
            "INSERT INTO track (id, edition_id, disc, position, title, duration_ms, composer, lyrics, master_digest, "
            "master_name, sample_rate, channels, peaks) VALUES (7, 1, 1, 1, 'A', 1, '', '', '', '', 44100, 2, 'ff')",
            "INSERT INTO file (edition_id, track_id, kind, format, digest, size, name) "
            "VALUES (1, 7, 'stream', 'stream', 'd', 1, 'A.mp3')",
        ):
            connection.execute(text(statement))

    upgrade(engine)

    with engine.begin() as connection:
        assert connection.execute(text("SELECT formats FROM album")).scalar() == "mp3-v0,flac"
        assert connection.execute(text("SELECT peaks, preview_seconds, peak FROM track")).one() == ("ff", None, None)
        assert connection.execute(text("SELECT track_id, digest FROM file")).one() == (7, "d")
        connection.execute(text("UPDATE file SET kind = 'preview'"))
    for seconds in (29, 91):
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(text(f"UPDATE track SET preview_seconds = {seconds}"))

    downgrade(engine, "0002")

    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM file")).scalar() == 0
        assert connection.execute(text("SELECT peaks FROM track")).scalar() == "ff"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_sqlite_keeps_its_foreign_keys_afterwards(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
