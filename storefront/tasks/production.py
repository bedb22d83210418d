"""Jobs that make the files of an edition."""

from datetime import timedelta

from storefront.jobs import Lane, Task
from storefront.services.catalogue.production import produce
from storefront.wiring import Wiring


def produce_edition(wiring: Wiring, edition: str) -> None:
    """Everything that the edition of this public id is sold in; goes on where a killed worker was."""
    with wiring.sessions() as session:
        produce(session, wiring.storage, edition)


TASKS: dict[str, Task] = {"produce": Task(produce_edition, Lane.MEDIA, lease=timedelta(minutes=2), tries=5)}
