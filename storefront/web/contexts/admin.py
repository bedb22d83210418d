"""The owner's side: for the owner and the staff, and what their pages are about."""

from dataclasses import dataclass
from typing import TypeVar

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound, HTTPSeeOther
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from storefront.models import Account, Album, AlbumPurchase, Artist, Dispute, Upload, UploadFile
from storefront.services.catalogue.editing.artists import find_artist
from storefront.services.catalogue.editing.previewing import is_heard
from storefront.services.shop.customer import Customer, find_customer
from storefront.services.shop.disputes.listing import find_dispute
from storefront.services.store.nets.matching import find
from storefront.web.contexts.catalogue import Accent, PublicFile
from storefront.web.request import ShopRequest
from storefront.web.security import has_desk

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file of an upload."""

    upload: Upload
    file: UploadFile


def desk(request: ShopRequest) -> None:
    """Whoever is signed out signs in first and comes back; a customer may not be here.

    What staff may see of it is the business of each view's permission.
    """
    if request.account is None and request.method in ("GET", "HEAD"):
        raise HTTPSeeOther(request.route_path("sign_in", _query={"next": request.path_qs}))
    if request.account is None or not has_desk(request.account):
        raise HTTPForbidden


def _known(found: Thing | None) -> Thing:
    """It, or the page that says that there is no such thing."""
    if found is None:
        raise HTTPNotFound
    return found


def album(request: ShopRequest) -> Album:
    """The album of /admin/albums/{public_id}, in whatever state."""
    desk(request)
    found = request.db.scalar(
        select(Album).where(Album.public_id == request.matchdict["public_id"]).options(joinedload(Album.edition))
    )
    if found is None:
        raise HTTPNotFound
    return found


def artist(request: ShopRequest) -> Artist:
    """The artist of /admin/artists/{public_id}, with albums or without."""
    desk(request)
    return _known(find_artist(request.db, request.matchdict["public_id"]))


def purchase(request: ShopRequest) -> AlbumPurchase:
    """The purchase of /admin/purchases/{public_id}, anybody's."""
    desk(request)
    return _known(find(request.db, request.matchdict["public_id"]))


def dispute(request: ShopRequest) -> Dispute:
    """The dispute of /admin/disputes/{dispute}, by Stripe's id, with its purchase."""
    desk(request)
    return _known(find_dispute(request.db, request.matchdict["dispute"]))


def customer(request: ShopRequest) -> Customer:
    """Who has the address of /admin/customers/{email}: an account, purchases, or both."""
    desk(request)
    return _known(find_customer(request.db, request.matchdict["email"].casefold()))


def person(request: ShopRequest) -> Account:
    """The account of /admin/settings/people/{public_id}, at the desk or not any more."""
    desk(request)
    return _known(request.db.scalar(select(Account).where(Account.public_id == request.matchdict["public_id"])))


def cover(request: ShopRequest) -> PublicFile:
    """A cover in one of its widths and kinds, a draft's too."""
    desk(request)
    digest, width, extension = (request.matchdict[name] for name in ("digest", "width", "extension"))
    if request.db.scalar(select(Album.id).where(Album.cover_digest == digest).limit(1)) is None:
        raise HTTPNotFound
    return PublicFile(f"{digest}-{width}.{extension}", f"{digest}-{width}-{extension}")


def accent(request: ShopRequest) -> Accent:
    """The colours of a cover, a draft's too."""
    desk(request)
    digest = request.matchdict["digest"]
    colours = request.db.scalar(
        select(Album.accent).where(Album.cover_digest == digest, Album.accent.is_not(None)).limit(1)
    )
    if colours is None:
        raise HTTPNotFound
    return Accent(*colours.split())


def stream(request: ShopRequest) -> PublicFile:
    """What will be heard of a track, of a draft's too."""
    desk(request)
    digest = request.matchdict["digest"]
    if not is_heard(request.db, digest):
        raise HTTPNotFound
    return PublicFile(digest, digest)


def upload(request: ShopRequest) -> Upload:
    """The upload of /admin/uploads/{public_id}, with its files."""
    desk(request)
    found = request.db.scalar(
        select(Upload)
        .where(Upload.public_id == request.matchdict["public_id"])
        .options(selectinload(Upload.files), joinedload(Upload.album))
    )
    if found is None:
        raise HTTPNotFound
    return found


def upload_file(request: ShopRequest) -> Incoming:
    """The file of /admin/uploads/{public_id}/files/{file}, without the others of its upload."""
    desk(request)
    found = request.db.scalar(
        select(UploadFile)
        .join(Upload)
        .where(Upload.public_id == request.matchdict["public_id"], UploadFile.public_id == request.matchdict["file"])
        .options(joinedload(UploadFile.upload))
    )
    if found is None:
        raise HTTPNotFound
    return Incoming(found.upload, found)
