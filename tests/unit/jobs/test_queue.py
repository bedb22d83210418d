"""The queue: work is queued with its cause, done by one, and never lost."""

import multiprocessing
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, sessionmaker

from storefront.jobs import Lane, Task, Worker, enqueue, queue
from storefront.jobs.renewal import renewed
from storefront.models import Job, make_engine, make_sessions, writing

LEASE = timedelta(seconds=30)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = make_engine(database)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    return make_sessions(engine)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session


def now() -> datetime:
    return datetime.now(UTC)


def put(session: Session, key: str = "a", kind: str = "mail", due: datetime | None = None, **args: Any) -> None:
    with writing(session):
        enqueue(session, kind, key=key, due=due, **args)


def stored(session: Session) -> list[Job]:
    session.expire_all()
    jobs = list(session.scalars(select(Job).order_by(Job.id)))
    session.commit()
    return jobs


def test_work_is_queued_in_the_callers_transaction(session: Session) -> None:
    def change() -> None:
        with writing(session):
            enqueue(session, "mail", key="a")
            raise KeyError

    with pytest.raises(KeyError):
        change()
    assert stored(session) == []


def test_the_same_work_is_queued_once(session: Session) -> None:
    put(session, "a", to="first")
    put(session, "a", to="second")
    assert [job.args for job in stored(session)] == [{"to": "first"}]


def test_the_longest_waiting_is_taken_and_nobody_else_gets_it(session: Session) -> None:
    put(session, "later", due=now() - timedelta(seconds=1))
    put(session, "sooner", due=now() - timedelta(seconds=9))
    put(session, "not yet", due=now() + timedelta(hours=1))
    put(session, "other", kind="media", due=now() - timedelta(days=1))
    taken = [queue.claim(session, ["mail"], now(), LEASE) for _ in range(3)]
    assert [job.key if job else None for job in taken] == ["sooner", "later", None]


def test_many_at_once_take_each_job_once(session: Session, sessions: sessionmaker[Session]) -> None:
    for number in range(40):
        put(session, str(number))
    taken: list[str] = []

    def take() -> None:
        with sessions() as own:
            while job := queue.claim(own, ["mail"], now(), LEASE):
                taken.append(job.key)

    threads = [threading.Thread(target=take) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken, key=int) == [str(number) for number in range(40)]


def test_when_the_lease_ends_somebody_else_takes_it_and_the_first_cannot_finish_it(session: Session) -> None:
    put(session)
    first = queue.claim(session, ["mail"], now(), LEASE)
    assert first
    late = now() + LEASE + timedelta(seconds=1)
    second = queue.claim(session, ["mail"], late, LEASE)
    assert second
    assert second.tries == 2
    first_view = Job(id=first.id, claim="of the first")
    queue.finish(session, first_view, late)
    assert stored(session)[0].done is None
    queue.finish(session, second, late)
    assert stored(session)[0].done == late


def test_a_renewed_lease_keeps_the_job(session: Session) -> None:
    put(session)
    start = now()
    job = queue.claim(session, ["mail"], start, LEASE)
    assert job
    queue.renew(session, job, start + timedelta(seconds=20), LEASE)
    assert queue.claim(session, ["mail"], start + timedelta(seconds=45), LEASE) is None


def run(worker: Worker, until: datetime, time_machine: Any) -> None:
    time_machine.move_to(until, tick=False)
    worker.run_due()


def test_a_failing_task_tries_again_later_and_later_and_then_stays_visible(
    session: Session, sessions: sessionmaker[Session], time_machine: Any
) -> None:
    def fail(wiring: object) -> None:
        raise ValueError("the post office is closed")

    worker = Worker(sessions, {"mail": Task(fail, Lane.MONEY, tries=4)}, None)
    start = datetime(2026, 11, 24, tzinfo=UTC)
    time_machine.move_to(start, tick=False)
    put(session)
    waits = []
    while stored(session)[0].failed is None:
        before = stored(session)[0].due
        run(worker, before, time_machine)
        waits.append((stored(session)[0].due - before).total_seconds())
    [job] = stored(session)
    assert waits == [1, 2, 4, 8]
    assert job.tries == 4
    assert "ValueError: the post office is closed" in job.error
    run(worker, start + timedelta(days=30), time_machine)
    assert stored(session)[0].tries == 4


def test_a_task_may_ask_to_be_called_again(
    session: Session, sessions: sessionmaker[Session], time_machine: Any
) -> None:
    calls: list[str] = []

    def settle(wiring: object, purchase: str) -> timedelta | None:
        calls.append(purchase)
        return timedelta(minutes=1) if len(calls) < 3 else None

    start = datetime(2026, 11, 24, tzinfo=UTC)
    time_machine.move_to(start, tick=False)
    worker = Worker(sessions, {"mail": Task(settle, Lane.MONEY, tries=1)}, None)
    put(session, purchase="p1")
    for minute in (0, 0.9, 1, 1.9, 2, 60):
        run(worker, start + timedelta(minutes=minute), time_machine)
    assert calls == ["p1"] * 3
    assert stored(session)[0].done == start + timedelta(minutes=2)


def test_a_lane_runs_only_its_own(session: Session, sessions: sessionmaker[Session]) -> None:
    ran: list[str] = []
    tasks = {
        "mail": Task(lambda _: ran.append("mail"), Lane.MONEY),
        "produce": Task(lambda _: ran.append("produce"), Lane.MEDIA),
    }
    put(session, "1", "produce")
    put(session, "2", "mail")
    worker = Worker(sessions, tasks, None)
    assert worker.run_due(Lane.MONEY) == 1
    assert ran == ["mail"]
    assert worker.run_due() == 1
    assert ran == ["mail", "produce"]


def test_a_task_longer_than_its_lease_keeps_its_job(session: Session, sessions: sessionmaker[Session]) -> None:
    ran: list[int] = []

    def long(wiring: object) -> None:
        ran.append(1)
        with sessions() as other:
            end = time.monotonic() + 2.5  # of a lease of 1.5 s
            while time.monotonic() < end:
                assert queue.claim(other, ["mail"], now(), LEASE) is None
                time.sleep(0.05)

    put(session)
    put(session, "beside it", "books")
    [beside] = [job for job in stored(session) if job.kind == "books"]
    with renewed(sessions, beside, LEASE):  # which has time until long after
        Worker(sessions, {"mail": Task(long, Lane.MONEY, lease=timedelta(seconds=1.5))}, None).run_due()
    assert ran == [1]
    assert stored(session)[0].done is not None


def test_threads_do_what_is_due_and_stop_when_told(session: Session, sessions: sessionmaker[Session]) -> None:
    done = threading.Event()
    worker = Worker(sessions, {"mail": Task(lambda _: done.set(), Lane.MONEY)}, None)
    worker.start()
    put(session)
    assert done.wait(60)
    worker.stop()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("jobs-")]
    assert stored(session)[0].done is not None


def _hang(wiring: object, started: str) -> None:
    with open(started, "w") as file:
        file.write("at work")
    time.sleep(600)


def _work(database: str) -> None:
    engine = make_engine(database)
    Worker(make_sessions(engine), {"mail": Task(_hang, Lane.MONEY, lease=timedelta(seconds=0.5))}, None).run_due()


def test_a_job_whose_worker_is_killed_runs_again_when_its_lease_ends(
    database: str, session: Session, sessions: sessionmaker[Session], tmp_path: Any
) -> None:
    started = tmp_path / "started"
    put(session, started=str(started))
    victim = multiprocessing.get_context("spawn").Process(target=_work, args=(database,))
    victim.start()
    end = time.monotonic() + 60
    while not started.exists() and time.monotonic() < end:
        time.sleep(0.02)
    victim.kill()
    victim.join()
    assert victim.exitcode == -signal.SIGKILL
    assert stored(session)[0].done is None

    ran: list[str] = []
    worker = Worker(sessions, {"mail": Task(lambda _, started: ran.append(started), Lane.MONEY)}, None)
    while not ran and time.monotonic() < end:
        worker.run_due()
        time.sleep(0.05)
    assert ran == [str(started)]
    [job] = stored(session)
    assert job.tries == 2
    assert job.done is not None


def test_what_ends_its_worker_again_and_again_is_given_up(session: Session, sessions: sessionmaker[Session]) -> None:
    """As after a kill: nobody writes down that it failed, and the lease ends."""
    put(session)
    done: list[str] = []

    def task(wiring: object) -> None:
        done.append("again")

    worker = Worker(sessions, {"mail": Task(task, Lane.MAIL, tries=2)}, None)
    for _ in range(5):
        with writing(session):
            session.execute(update(Job).values(due=now() - timedelta(seconds=1)))
        assert queue.claim(session, ["mail"], now(), LEASE)
    with writing(session):
        session.execute(update(Job).values(due=now() - timedelta(seconds=1)))
    worker.run_due()
    job = stored(session)[0]
    assert done == []
    assert job.failed
    assert "ended in the midst" in job.error
