"""Settings -> engine, payments, storage, mail: made once, and handed to every door."""

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from storefront.links import Links
from storefront.migrations import is_current
from storefront.models import make_engine, make_reader, make_sessions
from storefront.payments import CreditCardProcessor
from storefront.rendering import make_environment
from storefront.services.catalogue.uploading.parts import Parts
from storefront.services.shop.identity.holding import HeldShop
from storefront.services.shop.identity.shop import Preset, Sender
from storefront.services.shop.mailer import Mailer, make_mailer
from storefront.settings import Settings
from storefront.storage import S3Account, Storage, make_storage


class DatabaseNotReady(Exception):
    """A sentence for who starts the shop."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the services work with."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    #: For public pages: it reads, without transactions.
    reader: Engine
    #: What the owner has set at the desk.
    shop: HeldShop
    processor: CreditCardProcessor
    storage: Storage
    #: Where the admin's uploads grow.
    uploads: Parts
    mailer: Mailer
    links: Links
    #: For mails; pages have pyramid_jinja2's, with the same filters.
    templates: Environment


def wire(settings: Settings) -> Wiring:
    """Makes everything; opens no connection yet."""
    engine = make_engine(settings.database_url)
    reader = make_reader(engine)
    return Wiring(
        settings=settings,
        engine=engine,
        sessions=make_sessions(engine),
        reader=reader,
        shop=HeldShop(reader, preset_of(settings)),
        processor=CreditCardProcessor(
            settings.stripe_secret_key,
            settings.stripe_publishable_key,
            webhook_secrets=settings.webhook_secrets,
            api_base=settings.stripe_api_base or None,
            stripe_js_url=settings.stripe_js_url,
        ),
        storage=open_storage(settings, settings.storage_url),
        uploads=Parts(
            Path(settings.uploads_folder), largest=settings.uploads_largest, keep_free=settings.uploads_keep_free
        ),
        mailer=make_mailer(settings.mail_url),
        links=Links(settings.base_url),
        templates=make_environment(settings),
    )


def preset_of(settings: Settings) -> Preset:
    """What the settings say of that which the owner sets at the desk; a shop that sells is not named as the sender."""
    known = "mail_sender" in settings.fixed or not settings.production
    return Preset(
        name=settings.shop_name,
        name_fixed="shop_name" in settings.fixed,
        sender=Sender.parse(settings.mail_sender if known else ""),
        sender_fixed="mail_sender" in settings.fixed,
    )


def open_storage(settings: Settings, url: str) -> Storage:
    """The storage at an address like that of `storage.url`, reached as settings say. Raises OSError, ValueError."""
    account = S3Account(
        settings.s3_access_key_id, settings.s3_secret_access_key, settings.s3_region, settings.s3_endpoint
    )
    return make_storage(url, account)


def expect_ready(wiring: Wiring) -> None:
    """Raises DatabaseNotReady unless the database answers and has exactly the tables of this code."""
    try:
        ready = is_current(wiring.engine)
    except DBAPIError as error:
        raise DatabaseNotReady(f"The database cannot be used: {error.orig}") from error
    if not ready:
        raise DatabaseNotReady("The database is not up to date; run `storefront migrate` first.")
