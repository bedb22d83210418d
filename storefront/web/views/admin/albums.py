"""The owner's albums: the list, the editor of one, and putting it on sale."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.models import Album
from storefront.services.catalogue.editing.drafts import draft_of
from storefront.services.catalogue.editing.listing import AlbumLine, line_of, making_of
from storefront.services.catalogue.editing.saving import EditedMeanwhile, make_files_again, save_draft
from storefront.services.catalogue.editing.stock import list_albums, open_uploads
from storefront.services.catalogue.publishing import NotReadyForSale, publish, withdraw
from storefront.services.shop.figures.of_albums import sales_of
from storefront.web.contexts.catalogue import PublicFile
from storefront.web.forms.album_editor import AlbumEditor
from storefront.web.forms.stock import StockForm
from storefront.web.paging import page_number
from storefront.web.request import ShopRequest
from storefront.web.security import Permission, own_path
from storefront.web.sending import send_stored
from storefront.web.views.errors import Words, error_page

Page = dict[str, Any]

#: Seconds after which the page asks again how far the files are.
ASKS_AGAIN = 3
MEDIA_TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}
MOVES = {"up": -1, "down": 1}


@view_config(
    route_name="admin_albums",
    request_method="GET",
    permission=Permission.EDIT_ALBUMS,
    renderer="admin/albums.jinja2",
)
def albums(request: ShopRequest) -> Page:
    """All of them, or those that are asked for."""
    form = StockForm(request.GET)
    wish = form.wish(page_number(request))
    return {
        "page": list_albums(request.db, request.today, wish),
        "uploads": open_uploads(request.db),
        "form": form,
        "account": request.account,
    }


@view_defaults(route_name="admin_album", renderer="admin/album.jinja2", permission=Permission.EDIT_ALBUMS)
class AlbumController:
    """All the words of an album, and the order of its tracks, as one form."""

    def __init__(self, album: Album, request: ShopRequest) -> None:
        self.album = album
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> Page:
        editor = self._editor()
        return self._page(editor, saved="saved" in self.request.GET, withdrawn="withdrawn" in self.request.GET)

    @view_config(request_method="GET", request_param="making", renderer="admin/making.jinja2")
    def show_making(self) -> Page:
        """How far its files are, for a script that asks again and again."""
        return {"album": self.album, "line": self._line(), "seconds": ASKS_AGAIN}

    @view_config(request_method="POST")
    def save(self) -> Page | Response:
        editor = self._editor(self.request.POST)
        act, _, key = self.request.POST.get("do", "save").partition(":")
        if act in MOVES:
            editor.move(key, MOVES[act])
            return self._page(editor, moved=key)
        if act == "preview":
            return self._page(editor, preview=True)
        if editor.seen is None:
            raise HTTPBadRequest
        if not editor.validate():
            self.request.response.status_int = 422
            return self._page(editor, problems=editor.problems)
        try:
            renewed = save_draft(
                self.request.db, self.album, editor.draft, editor.seen, datetime.now(UTC), self.request.actor
            )
        except EditedMeanwhile:
            return self._too_late()
        query = {"saved": "music" if renewed else "words"}
        return HTTPSeeOther(self.request.route_path("admin_album", public_id=self.album.public_id, _query=query))

    def _too_late(self) -> Page:
        """What was typed stays; it is saved over the other's by saving again, knowingly."""
        self.request.response.status_int = 409
        self.request.db.refresh(self.album)
        editor = self._editor(self.request.POST)
        editor.album.version.data = self.album.updated.isoformat()
        return self._page(editor, theirs=editor.differences())

    def _editor(self, post: Mapping[str, str] | None = None) -> AlbumEditor:
        draft = draft_of(self.request.db, self.album)
        return AlbumEditor(draft, self.album.updated, post, self.request.shop.currencies)

    def _line(self) -> AlbumLine:
        making = making_of(self.request.db, self.album)
        return line_of(self.request.db, self.album, self.request.today, making)

    def _page(self, editor: AlbumEditor, **more: Any) -> Page:
        usual = {"problems": [], "saved": False, "withdrawn": False, "moved": "", "preview": False, "theirs": None}
        return {
            "album": self.album,
            "line": self._line(),
            "sales": sales_of(self.request.db, [self.album.id]).get(self.album.id),
            "editor": editor,
            "seconds": ASKS_AGAIN,
            "account": self.request.account,
            **usual,
            **more,
        }


@view_defaults(route_name="admin_album_sale", request_method="POST", permission=Permission.EDIT_ALBUMS)
class SaleController:
    """Into the shop, and out of it; then back to the list, if it was there that the button was pressed."""

    def __init__(self, album: Album, request: ShopRequest) -> None:
        self.album = album
        self.request = request
        back = own_path(request.POST.get("back"))
        self.way_on = back or request.route_path("admin_album", public_id=album.public_id)

    @view_config(request_param="publish")
    def publish(self) -> Response:
        try:
            publish(self.request.db, self.album, datetime.now(UTC), self.request.actor)
        except NotReadyForSale as error:
            words = Words("It cannot be sold yet", " ".join(error.missing), "To the albums", "admin_albums")
            return error_page(self.request, 409, words)
        return HTTPSeeOther(self.way_on)

    @view_config(request_param="withdraw")
    def withdraw(self) -> Response:
        """The page after it takes it back, for as long as it is open: publishing again changes nothing else."""
        withdraw(self.request.db, self.album, datetime.now(UTC), self.request.actor)
        return HTTPSeeOther(self.way_on if "back" in self.request.POST else f"{self.way_on}?withdrawn")


@view_config(route_name="admin_album_files", request_method="POST", permission=Permission.EDIT_ALBUMS)
def make_again(album: Album, request: ShopRequest) -> Response:
    """After a failure whose reason is mended."""
    make_files_again(request.db, album)
    return HTTPSeeOther(request.route_path("admin_album", public_id=album.public_id))


@view_config(route_name="admin_cover", request_method="GET", permission=Permission.EDIT_ALBUMS)
def cover(file: PublicFile, request: ShopRequest) -> Response:
    """A cover, a draft's too: for its owner alone."""
    media_type = MEDIA_TYPES[request.matchdict["extension"]]
    return send_stored(request, file.key, digest=file.digest, media_type=media_type)
