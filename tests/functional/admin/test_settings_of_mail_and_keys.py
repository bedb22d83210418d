"""Who the shop's mails are from, a mail to try it, and the keys that the desk only shows."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from storefront.models import AuditEntry, Job, MailKind, writing
from storefront.services.shop.audit import COMMAND
from storefront.services.shop.identity.saving import fingerprint, save_settings
from storefront.services.shop.outbox import write_mail
from storefront.settings import masked, option_of, read_settings
from storefront.tasks import make_worker
from storefront.web.views.admin.machine import SHOWN, kind_of_keys
from storefront.wiring import wire
from tests.support.people import sign_in

MAIL = "/admin/settings/mail"
MACHINE = "/admin/settings/machine"


def save(owner, **fields):
    form = owner.get(MAIL).forms["settings"]
    for name, value in fields.items():
        form[name] = value
    return form.submit(expect_errors=True)


def acts(session):
    session.expire_all()
    return [(entry.act, entry.subject, entry.detail) for entry in session.scalars(select(AuditEntry))]


def test_mails_are_from_whom_the_owner_says(owner, session, worker, mailbox):
    save(owner, sender_name='Mára "Low" Quist, & Söhne', sender_address="Mara@Example.COM").follow()
    owner.get("/admin/settings")
    owner.post("/sign-out", {"csrf_token": owner.get(MAIL).forms["settings"]["csrf_token"].value})
    form = owner.get("/sign-up").forms[0]
    form["email"] = "new@example.com"
    form.submit()
    worker.run_due()
    [message] = mailbox.to("new@example.com")
    [sender] = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ('Mára "Low" Quist, & Söhne', "mara@example.com")
    assert "mara@example.com" in mailbox.text(message)


@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        ({"sender_address": "nobody"}, "sender_address", "like name@example.com"),
        ({"sender_address": "a@example.com\nBcc: b@example.com"}, "sender_address", "like name@example.com"),
        ({"sender_address": "a@example.com, b@example.com"}, "sender_address", "like name@example.com"),
        ({"sender_name": "A\r\nBcc: b@example.com", "sender_address": "a@example.com"}, "sender_name", "on one line"),
        ({"sender_name": "A" * 81, "sender_address": "a@example.com"}, "sender_name", "at most 80"),
        ({"sender_name": "A"}, "sender_address", "enter its address"),
    ],
)
def test_a_sender_that_is_none_is_told_at_its_field(owner, session, fields, field, told):
    page = save(owner, **fields)
    assert page.status_int == 422
    assert told in page.html.select_one(f"#{field}-error").text
    assert acts(session) == []


def test_a_test_mail_leaves_at_once_under_the_shops_name(owner, session, mailbox):
    save(owner, sender_name="The Band", sender_address="band@example.com")
    page = owner.get(MAIL).forms["test"].submit("test")
    assert "It left" in page.html.select_one("[role=status]").text
    [message] = mailbox.messages
    assert (message["To"], message["Subject"]) == ("owner@example.com", "A test mail from Harbour Lights Records")
    assert message["From"] == "The Band <band@example.com>"
    assert acts(session)[-1] == ("settings_test_mail", "mail", {"to": "owner@example.com", "sent": True})


def test_a_test_mail_that_does_not_leave_says_why(ini, make_app, owner, session):
    broken = make_app({**ini, "mail.url": "smtp://shop:secret@127.0.0.1:9"})
    sign_in(broken, "owner@example.com")
    page = broken.get(MAIL).forms["test"].submit("test")
    assert "127.0.0.1:9: " in page.html.select_one("[role=alert]").text
    assert "smtp://shop:***@127.0.0.1:9" in page.text
    assert "secret" not in page.text
    assert acts(session)[-1][2] == {"to": "owner@example.com", "sent": False}


PRODUCTION = {
    "environment": "production",
    "secret_key": "0123456789abcdef0123456789abcdef",
    "base_url": "https://localhost",
    "shop.timezone": "Europe/Berlin",
    "stripe.secret_key": "sk_test_51HqWxyzAbCdEfGhIjKlMnOpQr4242",
    "stripe.publishable_key": "pk_test_51HqWxyz",
    "stripe.webhook_secrets": "whsec_1",
}
TESTS_OWN = ("stripe.api_base", "stripe.js_url")


def test_a_shop_that_sells_without_a_sender_keeps_its_mails_until_it_has_one(ini, session, mailbox):
    """Nothing is sent from the default's example.com."""
    left = {key: value for key, value in ini.items() if not key.startswith(("jinja2.", *TESTS_OWN))}
    production = wire(read_settings({**left, **PRODUCTION}, {}))
    with writing(session):
        write_mail(session, MailKind.PASSWORD_CHANGED, "changed:1", "ana@example.com", datetime.now(UTC))
    make_worker(production).run_due()
    assert mailbox.messages == []
    job = session.scalars(select(Job).where(Job.kind == "send_mail")).one()
    assert "no sender is set" in job.error
    assert job.done is None
    nothing = {"sender_name": None, "sender_address": None}
    sender = {"sender_name": "The Band", "sender_address": "band@example.com"}
    save_settings(session, "mail", sender, fingerprint(nothing), datetime.now(UTC), COMMAND)
    with writing(session):
        job.due = datetime.now(UTC)
    make_worker(production).run_due()
    assert [message["From"] for message in mailbox.messages] == ["The Band <band@example.com>"]
    production.engine.dispose()


def test_keys_are_shown_masked_and_checked_by_a_button(owner, session, wiring):
    page = owner.get(MACHINE)
    assert "stand-in for Stripe" in page.text
    for field in ("stripe_secret_key", "secret_key"):
        assert getattr(wiring.settings, field) not in page.text
    assert not page.html.select(".findings")
    found = page.forms["check"].submit("check").html.select(".findings li")
    assert ["answers" in line.text for line in found] == [True, True]
    assert list(wiring.storage.all_keys()) == []
    assert acts(session) == [("settings_checked", "machine", {"works": {"stripe": True, "storage": True}})]


def test_what_does_not_work_is_named(ini, make_app, owner, tmp_path):
    broken = make_app({**ini, "stripe.secret_key": "sk_test_wrong_key", "stripe.api_base": "http://127.0.0.1:9"})
    sign_in(broken, "owner@example.com")
    found = broken.get(MACHINE).forms["check"].submit("check").html.select(".findings li")
    assert ["does not work" in line.text for line in found] == [True, False]


def test_each_is_shown_with_the_place_where_it_stands(ini, make_app, owner, tmp_path, monkeypatch):
    (tmp_path / "zone").write_text("Europe/Berlin")
    monkeypatch.setenv("STOREFRONT_SHOP_TIMEZONE_FILE", str(tmp_path / "zone"))
    monkeypatch.setenv("STOREFRONT_MAIL_SENDER", "Ana <ana@example.com>")
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_of_the_environment")
    there = make_app(ini)
    sign_in(there, "owner@example.com")
    rows = [[" ".join(cell.text.split()) for cell in row(["th", "td"])] for row in there.get(MACHINE).html("tr")[1:]]
    places = {name: place for name, _, place in rows}
    assert places["shop.timezone"] == "the file that STOREFRONT_SHOP_TIMEZONE_FILE names"
    assert places["stripe.secret_key"] == "the environment, as STRIPE_SECRET_KEY"
    assert places["base_url"] == "the ini file, as base_url"
    assert places["shop.locale"] == "nowhere: by default"
    assert "This stands in the environment, as STOREFRONT_MAIL_SENDER, and holds" in there.get(MAIL).text


@pytest.mark.parametrize(
    ("path", "fields"),
    [(MAIL, {"test": "yes"}), (MAIL, {"sender_address": "a@example.com"}), (MACHINE, {"check": "yes"})],
)
def test_a_form_without_its_token_does_nothing(owner, session, mailbox, path, fields):
    owner.post(path, fields, status=403)
    assert acts(session) == []
    assert mailbox.messages == []


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("stripe_secret_key", "sk_live_51HqWxyzAbCdEfGhIjKlMnOpQr4242", "sk_live_***4242"),
        ("stripe_secret_key", "rk_test_short", "rk_test_***"),
        ("webhook_secrets", ("whsec_aaaaaaaaaaaaaaaaaaaaaaaaaaaa1234", "whsec_1"), "whsec_***1234 whsec_***"),
        ("secret_key", "0123456789abcdef0123456789abcdef", "***"),
        ("mail_url", "smtps://a:b@mail.example.com", "smtps://a:***@mail.example.com"),
        ("stripe_secret_key", "", ""),
    ],
)
def test_a_secret_shows_its_kind_and_its_end(field, value, shown):
    assert masked(option_of(field), value) == shown


def test_every_setting_of_the_page_is_one(settings):
    assert [option_of(field).field for field in SHOWN] == list(SHOWN)
    assert kind_of_keys(settings) == "sandbox"
