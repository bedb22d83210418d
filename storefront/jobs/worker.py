"""The loop that takes jobs and runs their tasks, a thread for each lane."""

import logging
import threading
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from storefront.jobs import queue
from storefront.jobs.renewal import renewed
from storefront.jobs.task import Lane, Task
from storefront.models import Job

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
#: A job that ends whoever does it (out of memory, say) is given up when it was taken so often beyond its tries.
ENDS = 3
ENDED = "Its worker ended in the midst of it, again and again: out of memory, perhaps, or the machine was restarted."


class Worker:
    """Runs the jobs of `tasks`; `wiring` is handed to each task as it is."""

    def __init__(self, sessions: sessionmaker[Session], tasks: Mapping[str, Task], wiring: Any) -> None:
        self._sessions = sessions
        self._tasks = tasks
        self._wiring = wiring
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        #: Periodic kind -> the period whose run is queued already.
        self._queued: dict[str, int] = {}

    def start(self) -> None:
        """Starts a thread for each lane that there are tasks for."""
        for lane in sorted({task.lane for task in self._tasks.values()}):
            thread = threading.Thread(target=self._loop, args=(lane,), name=f"jobs-{lane}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, seconds: float = 10) -> None:
        """Lets the tasks at work finish, for at most `seconds`; what is cut off runs again when its lease ends."""
        self._stop.set()
        for thread in self._threads:
            thread.join(seconds)

    def wait(self) -> None:
        """Until somebody calls stop()."""
        self._stop.wait()

    def run_due(self, lane: Lane | None = None) -> int:
        """Runs everything that is due now, in this thread; how many jobs that were."""
        count = 0
        while self._run_one([lane] if lane else list(Lane)):
            count += 1
        return count

    def queue_periodic(self, lane: Lane | None = None) -> None:
        """Queues the periodic tasks whose period has begun."""
        now = datetime.now(UTC)
        for kind, task in self._tasks.items():
            if task.every is None or lane not in (None, task.lane):
                continue
            period = int(now.timestamp() // task.every.total_seconds())
            if self._queued.get(kind) != period:
                with self._sessions() as session:
                    queue.enqueue_periodic(session, kind, task.every, now)
                self._queued[kind] = period

    def _loop(self, lane: Lane) -> None:
        while not self._stop.is_set():
            try:
                self.queue_periodic(lane)
                worked = self._run_one([lane])
            except Exception:  # the database is away, locked, or out of connections: the lane must outlive it
                log.exception("the job worker goes on in a moment")
                worked = False
            if not worked:
                self._stop.wait(IDLE_SECONDS)

    def _run_one(self, lanes: list[Lane]) -> bool:
        kinds = [kind for kind, task in self._tasks.items() if task.lane in lanes]
        with self._sessions() as session:
            lease = max(self._tasks[kind].lease for kind in kinds)
            job = queue.claim(session, kinds, datetime.now(UTC), lease)
        if job is None:
            return False
        self._run(job, self._tasks[job.kind])
        return True

    def _run(self, job: Job, task: Task) -> None:
        if job.tries > task.tries + ENDS:
            log.error("job %s %s is given up: it ended its worker %d times", job.kind, job.key, job.tries - 1)
            with self._sessions() as session:
                queue.fail(session, job, datetime.now(UTC), ENDED, task.tries)
            return
        try:
            with renewed(self._sessions, job, task.lease):
                again = task(self._wiring, job.args)
        except Exception as error:
            log.warning("job %s %s failed (try %d): %s", job.kind, job.key, job.tries, error, exc_info=True)
            with self._sessions() as session:
                queue.fail(session, job, datetime.now(UTC), traceback.format_exc(limit=-8), task.tries)
            return
        with self._sessions() as session:
            if again is None:
                queue.finish(session, job, datetime.now(UTC))
            else:
                queue.postpone(session, job, datetime.now(UTC) + again)
