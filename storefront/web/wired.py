"""Reads the settings and makes what the services work with: one Wiring for the whole process."""

import atexit

from pyramid.config import Configurator
from pyramid.events import ApplicationCreated
from pyramid.registry import Registry

from storefront.settings import read_settings
from storefront.tasks import make_worker
from storefront.wiring import expect_ready, wire

#: Set by Pyramid itself, with and without its prefix.
PYRAMIDS_OWN = ("pyramid.", "debug_", "reload_", "default_locale_name", "prevent_", "csrf_", "jinja2.")


def includeme(config: Configurator) -> None:
    wire_up(config.registry)
    if config.registry.wiring.settings.jobs_inline:
        config.add_subscriber(start_worker, ApplicationCreated)


def wire_up(registry: Registry) -> None:
    """Gives it what its settings say. Raises BadSettings, DatabaseNotReady."""
    given = {key: value for key, value in registry.settings.items() if isinstance(value, str)}
    settings = read_settings({key: value for key, value in given.items() if not key.startswith(PYRAMIDS_OWN)})
    registry.wiring = wire(settings)
    expect_ready(registry.wiring)


def start_worker(event: ApplicationCreated) -> None:
    """The job worker as threads of the web process."""
    registry = event.app.registry
    registry.worker = make_worker(registry.wiring)
    registry.worker.start()
    atexit.register(registry.worker.stop)  # a job that is cut off would wait for its lease's end
