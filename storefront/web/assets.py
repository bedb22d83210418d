"""Makes templates/ and static/ resolve in a checkout and in a wheel, and names static files by their content."""

import hashlib
from pathlib import Path
from typing import Any

from pyramid.config import Configurator
from pyramid.static import ManifestCacheBuster

from storefront.rendering import PACKAGE, STATIC, TEMPLATES

YEAR = 365 * 24 * 3600


class ContentCacheBuster(ManifestCacheBuster):
    """static/css/shop.css is served as static/css/shop.css?<digest>, so that browsers may keep it for ever."""

    def __init__(self, folder: Path) -> None:
        self.manifest_path = str(folder)
        self._digests = {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        self.reload = False

    @property
    def manifest(self) -> dict[str, str]:
        return self._digests

    @property
    def addresses(self) -> dict[str, str]:
        """Path in the folder -> address with its digest. Pyramid would make it anew for each link of each page."""
        return {path: f"/static/{path}?{digest}" for path, digest in self._digests.items()}

    def __call__(self, request: Any, subpath: str, kw: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        digest = self._digests.get(subpath)
        return subpath, {**kw, "_query": digest} if digest else kw


def includeme(config: Configurator) -> None:
    for folder in (TEMPLATES, STATIC):
        if folder.parent != PACKAGE:
            config.override_asset(f"storefront:{folder.name}/", f"{folder}/")
    config.commit()
    config.add_static_view("static", "storefront:static/", cache_max_age=YEAR)
    buster = ContentCacheBuster(STATIC)
    config.add_cache_buster("storefront:static/", buster)
    config.registry.static_addresses = buster.addresses
