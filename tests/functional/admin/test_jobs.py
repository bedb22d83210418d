"""The queue at the desk: what failed is told with its reason and without secrets, and runs again by a button, once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from webtest import TestApp

from storefront.jobs import Task, Worker, enqueue
from storefront.models import AuditEntry, Job, writing
from tests.support.people import make_staff, sign_in
from tests.support.statements import counted_statements

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def fail(session, wiring):
    """Queues a job whose task fails at its last try, with this error."""

    def fail(key, error):
        def break_down(wiring):
            raise RuntimeError(error)

        with writing(session):
            enqueue(session, "break_down", key=key)
        Worker(wiring.sessions, {"break_down": Task(break_down, "media", tries=1)}, wiring).run_due()

    return fail


@pytest.fixture
def owner(owner, worker):
    """With the mail about their sign-in sent."""
    worker.run_due()
    return owner


def job(session, key):
    session.commit()
    session.expire_all()
    return session.scalars(select(Job).where(Job.key == key)).one_or_none()


def failures(page):
    return [" ".join(item.select_one(".bad-words").text.split()) for item in page.html.select(".failures > li")]


def form_of(page, key):
    return next(form for form in page.forms.values() if f'value="{key}"' in form.text)


def test_nothing_to_do(owner):
    page = owner.get("/admin/jobs")
    assert page.text.count("None") == 3


def test_a_failure_is_told_and_runs_again_once(owner, session, fail, worker):
    fail("break:1", "the disk is full")
    page = owner.get("/admin/jobs")
    assert failures(page) == ["RuntimeError: the disk is full"]
    assert "in break_down" in page.html.select_one("pre").text
    form = form_of(page, "break:1")
    assert "in the queue" in form.submit("again").follow().text
    assert (job(session, "break:1").failed, job(session, "break:1").tries) == (None, 0)
    with writing(session):  # taken by a worker meanwhile
        session.execute(update(Job).values(claim="c", due=datetime.now(UTC) + timedelta(minutes=1), tries=1))
    form.submit("again")
    assert (job(session, "break:1").claim, job(session, "break:1").tries) == ("c", 1)
    assert [(entry.act, entry.detail) for entry in session.scalars(select(AuditEntry))] == [
        ("job_again", {"key": "break:1"})
    ]
    assert "job run again: break:1" in owner.get("/admin/audit").text


def test_a_failure_is_forgotten_and_nothing_else_is(owner, session, fail):
    fail("break:1", "gone")
    with writing(session):
        enqueue(session, "send_mail", key="mail:x", mail="x")
    form = form_of(owner.get("/admin/jobs"), "break:1")
    assert "Forgotten" in form.submit("forget").follow().text
    assert job(session, "break:1") is None
    form.submit("forget")
    owner.post("/admin/jobs", {"csrf_token": form["csrf_token"].value, "forget": "mail:x"})
    assert job(session, "mail:x") is not None
    assert [entry.act for entry in session.scalars(select(AuditEntry))] == ["job_forgotten"]


@pytest.mark.parametrize(
    "secret",
    [
        "sk_live_51HqLyjWDarjtT1zdp7dc",
        "tok_1HqLyjWDarjtT1zd",
        "whsec_0123456789abcdef",
        "a-password-of-a-mailbox",
        "cl13nts3cr3tcl13nt",
        "p-Z_pr0vesAnAddress" + "x" * 24,
    ],
)
def test_no_secret_is_told(owner, fail, secret):
    words = {"a": "smtps://band:%s@mail.example.com", "c": "pi_123_secret_%s", "p": "http://localhost/account/prove/%s"}
    fail("break:1", "refused: " + words.get(secret[0], "%s") % secret)
    page = owner.get("/admin/jobs")
    assert "refused:" in page.text
    assert secret not in page.text


def test_the_settings_own_secrets_and_the_values_of_rows_are_not_told(owner, session, wiring, fail):
    fail("break:1", f"refused: {wiring.settings.secret_key}, {wiring.settings.stripe_secret_key}")
    with writing(session):
        enqueue(session, "break_down", key="break:2")

    def insert(wiring):
        with wiring.sessions() as other, writing(other):
            other.add(Job(kind="x", key="break:2", args={"secret": "of-a-row"}, created=NOW, due=NOW))

    Worker(wiring.sessions, {"break_down": Task(insert, "media", tries=1)}, wiring).run_due()
    page = owner.get("/admin/jobs")
    assert "IntegrityError" in page.text
    for secret in (wiring.settings.secret_key, wiring.settings.stripe_secret_key, "of-a-row"):
        assert secret not in page.text


def test_what_is_hostile_in_an_error_is_words(owner, fail):
    fail("break:1", "<script>alert(1)</script>")
    page = owner.get("/admin/jobs")
    assert failures(page) == ["RuntimeError: <script>alert(1)</script>"]
    assert "<script>alert" not in page.text


def test_what_runs_and_what_waits(owner, session):
    now = datetime.now(UTC)
    with writing(session):
        for number in range(70):
            enqueue(session, "send_mail", key=f"mail:{number}", due=now + timedelta(hours=1, seconds=number))
        enqueue(session, "tidy", key="running")
        enqueue(session, "tidy", key="its worker ended")
        session.execute(update(Job).where(Job.key == "running").values(claim="c", due=now + timedelta(minutes=2)))
        session.execute(update(Job).where(Job.key == "its worker ended").values(claim="c", due=now))
    page = owner.get("/admin/jobs")
    running, waiting = ([cell.text for cell in table.select("code")] for table in page.html.select("table"))
    assert running == ["running"]
    assert waiting == ["its worker ended", *(f"mail:{number}" for number in range(49))]
    assert "The next 50 of 71." in page.text


def test_more_failures_than_a_page_in_five_statements(owner, session):
    with writing(session):
        for number in range(70):
            session.add(Job(kind="tidy", key=f"{number:03}", args={}, created=NOW, due=NOW, error="E: x",
                            tries=1, failed=NOW - timedelta(seconds=number // 7)))  # fmt: skip
    with counted_statements(owner) as statements:
        first = owner.get("/admin/jobs")
    assert len([one for one in statements if one.startswith("SELECT")]) == 5
    second = owner.get(first.html.select_one("a[rel=next]")["href"])
    seen = [code.text for page in (first, second) for code in page.html.select(".failures code")]
    assert len(seen) == 70
    assert len(set(seen)) == 70


def test_staff_see_the_failure_and_no_button(app, session, fail):
    fail("break:1", "the disk is full")
    make_staff(session)
    staff = TestApp(app.app)
    sign_in(staff, "staff@example.com")
    page = staff.get("/admin/jobs")
    assert failures(page) == ["RuntimeError: the disk is full"]
    assert not page.html.select(".failures button")
    token = page.forms[0]["csrf_token"].value
    for act in ("again", "forget"):
        staff.post("/admin/jobs", {"csrf_token": token, act: "break:1"}, status=403)
    assert job(session, "break:1").failed is not None
