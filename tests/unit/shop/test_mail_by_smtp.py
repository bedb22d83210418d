"""Mail through a real SMTP server: it arrives whole, once, and what goes wrong is told apart."""

import socket
import ssl
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from types import SimpleNamespace

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from sqlalchemy import select, update

from storefront.jobs import Lane
from storefront.models import Album, Job, Mail, writing
from storefront.services.shop.mailer import MailInDoubt, MailNotSent, make_mailer
from storefront.services.shop.receipts import write_receipt
from storefront.services.store.buyers import browser_key
from tests.factories import make_album
from tests.support.people import make_purchase


class Postbox:
    """Takes every message; `answer` may say otherwise."""

    def __init__(self):
        self.messages = []
        self.recipients = []
        self.answer = "250 OK"
        self.secure = []

    async def handle_DATA(self, server, session, envelope):
        if self.answer.startswith("250"):
            self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
            self.recipients.append(envelope.rcpt_tos)
            self.secure.append(session.ssl is not None)
        return self.answer


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def postbox():
    return Postbox()


@pytest.fixture
def server(postbox):
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def ini(ini, server):
    return {**ini, "mail.url": f"smtp://127.0.0.1:{server.port}"}


@pytest.fixture
def bought(session, wiring):
    album = make_album(session, wiring.storage)
    return make_purchase(session, album, buyer_key=browser_key("x" * 43))


@pytest.fixture
def mail(session, bought):
    with writing(session):
        write_receipt(session, bought, datetime.now(UTC))
    return session.scalars(select(Mail)).one()


def again(session, mail):
    """The mail as it is now."""
    session.commit()
    session.refresh(mail)
    return mail


def test_it_arrives_once(worker, session, mail, postbox):
    assert worker.run_due() == 1
    [message] = postbox.messages
    assert postbox.recipients == [["ana@example.com"]]
    assert message["From"].addresses[0].addr_spec == "shop@example.com"
    assert message["Date"].datetime.replace(microsecond=0) == mail.created.replace(microsecond=0)
    assert message["Auto-Submitted"] == "auto-generated"
    assert again(session, mail).sent_at is not None
    assert worker.run_due() == 0
    assert len(postbox.messages) == 1


def test_it_is_ascii_in_lines_of_at_most_998_on_the_wire(wiring, worker, session, postbox, bought):
    with writing(session):
        session.execute(update(Album).values(title="Größe 波 " * 40, artist_credit="Ünïcode"))
        write_receipt(session, bought, datetime.now(UTC))
    sent = []
    deliver = wiring.mailer.send
    wiring.mailer.send = lambda message: (sent.append(message.as_bytes(policy=policy.SMTP)), deliver(message))
    worker.run_due()
    assert sent[0].isascii()
    assert max(len(line) for line in sent[0].split(b"\r\n")) <= 998
    assert b"\n" not in sent[0].replace(b"\r\n", b"")
    assert "Größe 波" in postbox.messages[0].get_body(("plain",)).get_content()


def test_no_transaction_is_open_while_it_is_sent(worker, session, wiring, mail, postbox):
    session.close()
    open_ones = []
    deliver = wiring.mailer.send
    watched = SimpleNamespace(
        send=lambda message: (open_ones.append(wiring.engine.pool.checkedout()), deliver(message))
    )
    object.__setattr__(wiring, "mailer", watched)
    worker.run_due()
    assert len(postbox.messages) == 1
    assert open_ones == [0]


HOSTILE = [
    "Low\r\nBcc: evil@example.org",
    "Low\nTide\r\n\r\n<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "=cmd|' /C calc'!A0",
    "\u202egnitset\u2066",
    "波" * 490,
    "x" * 500,
]


@pytest.mark.parametrize("title", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_title_stays_one_mail_to_one_address(worker, session, postbox, bought, title):
    with writing(session):
        session.execute(update(Album).values(title=title, artist_credit=title))
        write_receipt(session, bought, datetime.now(UTC))
    worker.run_due()
    [message] = postbox.messages
    assert postbox.recipients == [["ana@example.com"]]
    assert message["Bcc"] is None
    assert message["To"] == "ana@example.com"
    assert "\n" not in message["Subject"]
    html = message.get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "<img" not in html
    assert "49" not in message["Subject"]


def test_a_server_that_says_no_is_asked_again_later_under_the_same_name(worker, session, mail, postbox):
    postbox.answer = "451 later"
    worker.run_due()
    assert again(session, mail).tries == 0
    assert "451" in mail.error
    postbox.answer = "250 OK"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        worker.run_due()
    [message] = postbox.messages
    assert message["Message-ID"]
    assert again(session, mail).sent_at is not None
    assert mail.error == ""


def test_a_server_that_is_away_for_two_days_is_waited_for(worker, session, mail, wiring, postbox):
    its_own = wiring.mailer
    object.__setattr__(wiring, "mailer", make_mailer(f"smtp://127.0.0.1:{free_port()}"))
    start = datetime.now(UTC)
    for hours in range(0, 48, 6):
        with time_machine.travel(start + timedelta(hours=hours)):
            worker.run_due(Lane.MAIL)
    assert again(session, mail).tries == 0
    assert session.scalars(select(Job.failed)).all() == [None]
    object.__setattr__(wiring, "mailer", its_own)
    with time_machine.travel(start + timedelta(hours=50)):
        worker.run_due()
    assert len(postbox.messages) == 1


def test_a_mail_that_may_have_arrived_is_sent_three_times_at_most(worker, session, mail, wiring):
    """The server takes the text and dies before it answers."""
    with mute_server() as port:
        mailer = make_mailer(f"smtp://127.0.0.1:{port}")
        object.__setattr__(wiring, "mailer", mailer)
        for minutes in range(0, 60, 10):
            with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
                worker.run_due()
        assert again(session, mail).tries == 3
        assert mail.sent_at is None
        assert mail.error


def test_a_crash_between_sending_and_marking_has_a_bound(worker, session, mail, wiring):
    """A process that dies leaves the send counted; here it dies by an exception that nobody expects."""
    sent = []

    class Crash(BaseException):
        pass

    class Dying:
        def send(self, message):
            sent.append(message["Message-ID"])
            raise Crash

    object.__setattr__(wiring, "mailer", Dying())
    for minutes in range(0, 60, 10):
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
            try:
                worker.run_due()
            except Crash:
                continue
    assert len(sent) == 3
    assert len(set(sent)) == 1


class mute_server:
    """Speaks SMTP as far as the text's end, then hangs up."""

    def __enter__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return self._socket.getsockname()[1]

    def __exit__(self, *_):
        self._socket.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb", buffering=0) as line:
                line.write(b"220 hello\r\n")
                for command in iter(line.readline, b""):
                    line.write(b"354 go on\r\n" if command.upper().startswith(b"DATA") else b"250 OK\r\n")
                    if command.upper().startswith(b"DATA"):
                        while line.readline() != b".\r\n":
                            pass
                        break


@pytest.fixture
def certificate(tmp_path):
    """Of our own, for 127.0.0.1; what trusts it says so by SSL_CERT_FILE."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


class SecureController(Controller):
    """Offers STARTTLS, and takes one password."""

    def __init__(self, handler, context, **kw):
        super().__init__(handler, hostname="127.0.0.1", port=free_port(), **kw)
        self._context = context

    def factory(self):
        def authenticate(server, session, envelope, mechanism, data):
            return AuthResult(success=data.login == b"shop" and data.password == b"s3cret/@")

        return SMTP(self.handler, tls_context=self._context, authenticator=authenticate, auth_required=True)


def test_the_password_goes_over_tls_alone(postbox, certificate, monkeypatch, wiring, session, worker, mail):
    cert, context = certificate
    controller = SecureController(postbox, context)
    controller.start()
    try:
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        object.__setattr__(wiring, "mailer", make_mailer(f"smtp://shop:s3cret%2F%40@127.0.0.1:{controller.port}"))
        worker.run_due()
    finally:
        controller.stop()
    assert postbox.secure == [True]


def test_a_certificate_that_nobody_knows_is_refused(postbox, certificate, bought, wiring):
    controller = SecureController(postbox, certificate[1])
    controller.start()
    try:
        with pytest.raises(MailNotSent, match="certificate"):
            make_mailer(f"smtp://shop:x@127.0.0.1:{controller.port}").send(a_message())
    finally:
        controller.stop()


def test_no_password_is_given_to_a_server_without_tls(server, bought):
    with pytest.raises(MailNotSent, match="no TLS"):
        make_mailer(f"smtp://shop:secret@127.0.0.1:{server.port}").send(a_message())


def test_the_server_that_is_silent_is_not_waited_for_without_end(bought, monkeypatch):
    from storefront.services.shop import mailer

    monkeypatch.setattr(mailer, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(MailNotSent):
        make_mailer(f"smtp://127.0.0.1:{silent.getsockname()[1]}").send(a_message())


def test_a_cut_after_the_text_is_in_doubt():
    with mute_server() as port, pytest.raises(MailInDoubt):
        make_mailer(f"smtp://127.0.0.1:{port}").send(a_message())


def a_message():
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = "shop@example.com", "ana@example.com", "<1@shop>"
    message.set_content("Hello")
    return message
