"""Jobs of uploads: reading what came, and tidying away what was left."""

from datetime import datetime, timedelta

from storefront.jobs import Lane, Task
from storefront.services.catalogue.uploading.reading import read_upload as read
from storefront.services.catalogue.uploading.tidying import tidy_uploads as tidy
from storefront.wiring import Wiring


def read_upload(wiring: Wiring, upload: str) -> None:
    """Makes an album of the files of the upload of this public id, or changes one."""
    read(wiring.sessions, wiring.storage, wiring.uploads, upload, datetime.now(wiring.settings.shop_timezone))


def tidy_uploads(wiring: Wiring) -> None:
    """Forgets uploads that nothing came to for long."""
    with wiring.sessions() as session:
        tidy(session, wiring.uploads, datetime.now(wiring.settings.shop_timezone))


TASKS = {
    "read_upload": Task(read_upload, Lane.INTAKE, tries=5),
    "tidy_uploads": Task(tidy_uploads, Lane.INTAKE, every=timedelta(days=1)),
}
