"""What the shop is made of, imported once: each hunt is forked from a process that has it already.

Nothing of the shop's own may be imported here: a hunt takes that from its copy.
"""

from importlib import import_module

PACKAGES = (
    "alembic.command",
    "argon2",
    "av",
    "babel.numbers",
    "email_validator",
    "greenlet",
    "itsdangerous",
    "jinja2",
    "markdown_it",
    "mediafile",
    "nh3",
    "obstore",
    "PIL.Image",
    "psycopg",
    "pyramid.config",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.orm",
    "stripe",
    "time_machine",
    "waitress",
    "wtforms",
)


def preload() -> None:
    for name in PACKAGES:
        import_module(name)
