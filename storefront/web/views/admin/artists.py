"""The owner's artists: the list, the editor of one, two made one, and one that has no albums deleted."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.models import Artist
from storefront.services.catalogue.editing.artists import (
    AddressTaken,
    ArtistChanged,
    HasAlbums,
    NameTaken,
    albums_of,
    delete_artist,
    find_artist,
    list_artists,
    merge_artists,
    others,
    save_artist,
    words_of,
)
from storefront.web.forms.artists import ArtistForm, delete_form, merge_form
from storefront.web.paging import page_number
from storefront.web.request import ShopRequest
from storefront.web.security import Permission

Page = dict[str, Any]
MOST_CHARACTERS = 200

NAME_TAKEN = "Another artist has this name: if they are one, make them one below"
ADDRESS_TAKEN = "Another artist has this address, or had it"
CHANGED = "Somebody else saved this artist meanwhile. What you typed is still here; save again to put it over theirs."
HAS_ALBUMS = "They have an album meanwhile"


@view_config(
    route_name="admin_artists",
    request_method="GET",
    permission=Permission.EDIT_ARTISTS,
    renderer="admin/artists.jinja2",
)
def artists(request: ShopRequest) -> Page:
    """Everybody who made an album, or once did."""
    words = request.GET.get("q", "").strip()[:MOST_CHARACTERS]
    found = list_artists(request.db, words, page_number(request))
    return {"page": found, "words": words, "gone": request.GET.get("gone"), "account": request.account}


class _ArtistPage:
    """One artist, with its three forms."""

    def __init__(self, artist: Artist, request: ShopRequest) -> None:
        self.artist = artist
        self.request = request
        self.others = others(request.db, artist)

    def _page(self, status: int = 422, **forms: Any) -> Page:
        words = words_of(self.artist)
        shown = {
            "form": ArtistForm(data={**asdict(words), "version": words.version}),
            "merge": merge_form(self.artist.name, self.others),
            "delete": delete_form(self.artist.name),
            **forms,
        }
        problems = [problem for form in shown.values() for problem in form.problems]
        if problems:
            self.request.response.status_int = status
        return {
            **shown,
            "artist": self.artist,
            "albums": albums_of(self.request.db, self.artist),
            "others": self.others,
            "problems": problems,
            "preview": False,
            "saved": "saved" in self.request.GET,
            "account": self.request.account,
        }


@view_defaults(route_name="admin_artist", renderer="admin/artist.jinja2", permission=Permission.EDIT_ARTISTS)
class ArtistController(_ArtistPage):
    """What is said of an artist."""

    @view_config(request_method="GET")
    def show(self) -> Page:
        return self._page()

    @view_config(request_method="POST")
    def save(self) -> Page | Response:
        form = ArtistForm(self.request.POST)
        if self.request.POST.get("do") == "preview":
            return self._page(form=form) | {"preview": True}
        if not form.validate():
            return self._page(form=form)
        try:
            now, by = datetime.now(UTC), self.request.actor
            save_artist(self.request.db, self.artist, form.words, form.version.data or "", now, by)
        except NameTaken:
            form.name.errors = [NAME_TAKEN]
        except AddressTaken:
            form.slug.errors = [ADDRESS_TAKEN]
        except ArtistChanged:
            form.version.data = words_of(self.artist).version
            form.form_errors.append(CHANGED)
            return self._page(409, form=form)
        else:
            return HTTPSeeOther(self.request.route_path("admin_artist", public_id=self.artist.public_id) + "?saved")
        return self._page(form=form)


@view_defaults(route_name="admin_artist_merge", renderer="admin/artist.jinja2", permission=Permission.EDIT_ARTISTS)
class MergeController(_ArtistPage):
    """Two are one."""

    @view_config(request_method="POST")
    def merge(self) -> Page | Response:
        form = merge_form(self.artist.name, self.others, self.request.POST)
        into = find_artist(self.request.db, form.into.data or "")
        if not form.validate() or into is None:
            return self._page(merge=form)
        merge_artists(self.request.db, self.artist, into, datetime.now(UTC), self.request.actor)
        return HTTPSeeOther(self.request.route_path("admin_artist", public_id=into.public_id) + "?saved")


@view_defaults(route_name="admin_artist_delete", renderer="admin/artist.jinja2", permission=Permission.EDIT_ARTISTS)
class DeleteController(_ArtistPage):
    """Somebody without albums goes."""

    @view_config(request_method="POST")
    def delete(self) -> Page | Response:
        form, name = delete_form(self.artist.name, self.request.POST), self.artist.name
        if not form.validate():
            return self._page(delete=form)
        try:
            delete_artist(self.request.db, self.artist, datetime.now(UTC), self.request.actor)
        except HasAlbums:
            form.form_errors.append(HAS_ALBUMS)
            return self._page(delete=form)
        return HTTPSeeOther(self.request.route_path("admin_artists", _query={"gone": name}))
