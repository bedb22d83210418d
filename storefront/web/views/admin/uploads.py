"""The upload page: files arrive in chunks that a script sends, and a job makes an album of them."""

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPSeeOther, HTTPUnsupportedMediaType
from pyramid.response import Response
from pyramid.view import exception_view_config, view_config, view_defaults

from storefront.models import Album, Upload, UploadState
from storefront.services.catalogue.editing.listing import price_of_newest
from storefront.services.catalogue.uploading import errors, receiving
from storefront.services.catalogue.uploading.names import ENDINGS
from storefront.services.catalogue.uploading.progress import failure_of, read_again, reopen_upload
from storefront.web.contexts.admin import Incoming
from storefront.web.forms.albums import LIKELY_CURRENCY, PriceForm
from storefront.web.limits import CHUNK_TYPE, LARGEST_CHUNK
from storefront.web.request import ShopRequest
from storefront.web.security import Permission
from storefront.web.views.errors import Words, error_page

Page = dict[str, Any]

_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
#: RFC 9530: the SHA-256 of what is sent.
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):", re.ASCII)
#: Seconds after which a page that waits for the job asks again.
ASKS_AGAIN = 1.5

STATUS = {
    errors.UploadClosed: 409,
    errors.NotWanted: 422,
    errors.FileTooLarge: 413,
    errors.TooManyFiles: 422,
    errors.Unfinished: 409,
    errors.DiskFull: 507,
    errors.ChunkDamaged: 400,
    errors.WrongOffset: 409,
}


@view_config(route_name="admin_uploads", request_method="POST", permission=Permission.EDIT_ALBUMS)
def begin(request: ShopRequest) -> Response:
    """A new album begins with an upload."""
    upload = receiving.begin_upload(request.db, datetime.now(UTC))
    return HTTPSeeOther(request.route_path("admin_upload", public_id=upload.public_id))


@view_config(route_name="admin_album_upload", request_method="POST", permission=Permission.EDIT_ALBUMS)
def begin_more(album: Album, request: ShopRequest) -> Response:
    """More music for an album, or other."""
    upload = receiving.begin_upload(request.db, datetime.now(UTC), album)
    return HTTPSeeOther(request.route_path("admin_upload", public_id=upload.public_id))


@view_defaults(route_name="admin_upload", renderer="admin/upload.jinja2", permission=Permission.EDIT_ALBUMS)
class UploadController:
    """What has come so far, or what is made of it."""

    def __init__(self, upload: Upload, request: ShopRequest) -> None:
        self.upload = upload
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> Page:
        form = PriceForm(data=_likely_price(self.request))
        form.offer(self.request.shop.currencies)
        return self._page(form, [])

    @view_config(request_method="POST", request_param="finish")
    def finish(self) -> Page | Response:
        """These are all."""
        form = PriceForm(self.request.POST)
        form.offer(self.request.shop.currencies)
        new = self.upload.album_id is None
        if new and not form.validate():
            self.request.response.status_int = 422
            return self._page(form, form.problems)
        try:
            receiving.finish_upload(
                self.request.db,
                self.request.wiring.uploads,
                self.upload,
                form.money if new else None,
                datetime.now(UTC),
                self.request.actor,
            )
        except errors.Unfinished as error:
            self.request.response.status_int = 409
            return self._page(form, [("files", str(error))])
        return HTTPSeeOther(self.request.path)

    @view_config(request_method="POST", request_param="reopen")
    def reopen(self) -> Response:
        """After a failure of ours: back to the files, which are all still here."""
        reopen_upload(self.request.db, self.upload, datetime.now(UTC))
        return HTTPSeeOther(self.request.path)

    @view_config(request_method="POST", request_param="again")
    def read_again(self) -> Response:
        """After a failure of ours: the same files, as they are."""
        read_again(self.request.db, self.upload, datetime.now(UTC))
        return HTTPSeeOther(self.request.path)

    def _page(self, form: PriceForm, problems: list[tuple[str | None, str]]) -> Page:
        parts, upload = self.request.wiring.uploads, self.upload
        files = [(file, parts.received(upload.public_id, file.public_id)) for file in upload.files]
        return {
            "upload": upload,
            "files": files,
            "coming": upload.state in receiving.COMING,
            "reading": upload.state == UploadState.READING,
            "failure": failure_of(self.request.db, upload),
            "seconds": ASKS_AGAIN,
            "chunk": LARGEST_CHUNK,
            "largest": parts.largest,
            "endings": sorted(ENDINGS),
            "form": form,
            "problems": problems,
            "account": self.request.account,
        }


def _likely_price(request: ShopRequest) -> dict[str, str]:
    price = price_of_newest(request.db)
    return {"price": str(price.decimal), "currency": price.currency} if price else {"currency": LIKELY_CURRENCY}


@view_config(route_name="admin_upload_files", request_method="POST", renderer="json", permission=Permission.EDIT_ALBUMS)
def announce(upload: Upload, request: ShopRequest) -> Page:
    """A script tells of a file, and hears how much of it is here and where the rest goes."""
    parts = request.wiring.uploads
    size, modified = _number(request.POST.get("size")), _number(request.POST.get("modified"))
    name = request.POST.get("name", "")
    file = receiving.announce_file(request.db, parts, upload, name, size, modified, datetime.now(UTC))
    ids = {"public_id": upload.public_id, "file": file.public_id}
    return {
        "received": parts.received(upload.public_id, file.public_id),
        "url": request.route_path("admin_upload_file", **ids),
        "leave_out": request.route_path("admin_upload_without", **ids),
    }


@view_config(route_name="admin_upload_file", request_method="POST", renderer="json", permission=Permission.EDIT_ALBUMS)
def receive(incoming: Incoming, request: ShopRequest) -> Page:
    """The next bytes of a file: ?offset=, Content-Digest, application/octet-stream."""
    if request.content_type != CHUNK_TYPE:
        raise HTTPUnsupportedMediaType
    offset, digest = _number(request.GET.get("offset")), _digest(request.headers.get("Content-Digest", ""))
    request.let_go()
    uploads = request.wiring.uploads
    return {"received": receiving.receive_chunk(uploads, incoming.upload, incoming.file, offset, request.body, digest)}


@view_config(route_name="admin_upload_without", request_method="POST", permission=Permission.EDIT_ALBUMS)
def leave_out(incoming: Incoming, request: ShopRequest) -> Response:
    """A file that was a mistake."""
    receiving.leave_out(request.db, request.wiring.uploads, incoming.upload, incoming.file, datetime.now(UTC))
    return HTTPSeeOther(request.route_path("admin_upload", public_id=incoming.upload.public_id))


@exception_view_config(errors.UploadRefused)
def refuse(error: errors.UploadRefused, request: ShopRequest) -> Response:
    """For a script its sentence, and where to go on; for a browser a page."""
    status = STATUS[type(error)]
    if "application/json" not in request.headers.get("Accept", ""):
        words = Words("That upload cannot go on like this", str(error), "To the albums", "admin_albums")
        return error_page(request, status, words)
    answer: Page = {"problem": str(error)}
    if isinstance(error, errors.WrongOffset):
        answer["received"] = error.received
    return Response(json_body=answer, status=status, content_type="application/json", charset="utf-8")


def _number(text: str | None) -> int:
    if not text or not _NUMBER.fullmatch(text):
        raise HTTPBadRequest
    return int(text)


def _digest(field: str) -> bytes:
    match = _DIGEST.fullmatch(field.strip())
    try:
        return base64.b64decode(match[1], validate=True) if match else b""
    except binascii.Error:
        return b""
