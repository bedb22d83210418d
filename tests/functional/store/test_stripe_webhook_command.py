"""`storefront stripe webhook`, as somebody types it."""

import stat
from pathlib import Path
from typing import Any

import pytest
import stripe

from storefront.services.store.nets.inbox import EVENT_TYPES
from storefront.services.store.nets.registration import out_of_reach
from storefront.settings import read_settings
from tests.support.sandbox import Sandbox
from tests.support.terminal import Storefront, command_over

URL = "http://localhost/stripe/webhook"


@pytest.fixture(scope="session")
def database_kind() -> str:
    """The command asks no database."""
    return "sqlite"


@pytest.fixture(autouse=True)
def _no_endpoints(sandbox: Sandbox) -> None:
    """The sandbox is as new."""


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    addresses: Any = {"api": sandbox.url}
    return stripe.StripeClient(sandbox.secret_key, base_addresses=addresses)


def endpoints(client: stripe.StripeClient) -> list[stripe.WebhookEndpoint]:
    return list(client.v1.webhook_endpoints.list().auto_paging_iter())


def test_the_first_time(storefront: Storefront, client: stripe.StripeClient) -> None:
    result = storefront("stripe", "webhook")
    assert result.exit_code == 0
    [endpoint] = endpoints(client)
    assert (endpoint.url, endpoint.api_version, endpoint.status) == (URL, stripe.api_version, "enabled")
    assert set(endpoint.enabled_events) == set(EVENT_TYPES)
    assert endpoint.id in result.stdout
    [secret] = [line.strip() for line in result.stdout.splitlines() if line.startswith("  whsec_")]
    assert len(secret) > 20
    assert "Put it into STRIPE_WEBHOOK_SECRET, or stripe.webhook_secrets of the ini file" in result.stdout


def test_the_second_time_nothing_changes(storefront: Storefront, client: stripe.StripeClient, sandbox: Sandbox) -> None:
    storefront("stripe", "webhook")
    before = len(sandbox.ledger()["requests"])
    result = storefront("stripe", "webhook")
    assert result.exit_code == 0
    assert "Nothing to change." in result.stdout
    assert "Stripe's dashboard shows its secret" in result.stdout
    assert "whsec_" not in result.stdout
    assert len(endpoints(client)) == 1
    assert {request["method"] for request in sandbox.ledger()["requests"][before:]} == {"GET"}


def test_an_endpoint_of_other_events(storefront: Storefront, client: stripe.StripeClient) -> None:
    storefront("stripe", "webhook")
    [endpoint] = endpoints(client)
    params: Any = {"enabled_events": [*EVENT_TYPES[1:], "payout.paid"], "disabled": True}
    client.v1.webhook_endpoints.update(endpoint.id, params)

    result = storefront("stripe", "webhook")
    assert result.stdout.splitlines()[1:4] == [
        f"  New kind of event: {EVENT_TYPES[0]}.",
        "  No more: payout.paid.",
        "  It was disabled; it is enabled again.",
    ]
    [endpoint] = endpoints(client)
    assert set(endpoint.enabled_events) == set(EVENT_TYPES)
    assert endpoint.status == "enabled"


def test_an_endpoint_of_another_version_stays_until_the_new_secret_is_in_place(
    storefront: Storefront, client: stripe.StripeClient
) -> None:
    params: Any = {"url": URL, "enabled_events": ["*"]}  # of the account's own version
    old = client.v1.webhook_endpoints.create(params)
    assert old.api_version is None

    first = storefront("stripe", "webhook")
    assert f"{old.id} (of the account's own version) stays beside it." in first.stdout
    assert len(endpoints(client)) == 2
    second = storefront("stripe", "webhook")
    assert f"{old.id}, of another version, is removed." in second.stdout
    [endpoint] = endpoints(client)
    assert endpoint.api_version == stripe.api_version


def test_endpoints_of_others_are_left_alone(storefront: Storefront, client: stripe.StripeClient) -> None:
    params: Any = {"url": "https://books.example.com/stripe", "enabled_events": ["payout.paid"]}
    client.v1.webhook_endpoints.create(params)
    storefront("stripe", "webhook", "--url", "https://music.example.com/stripe/webhook")
    urls = sorted(endpoint.url for endpoint in endpoints(client))
    assert urls == ["https://books.example.com/stripe", "https://music.example.com/stripe/webhook"]


def test_a_secret_that_lies_in_a_file(
    storefront: Storefront, client: stripe.StripeClient, tmp_path: Path, ini: dict[str, str]
) -> None:
    path = tmp_path / "webhook-secret"
    path.write_text("whsec_until_now\n")
    path.chmod(0o644)
    environment = {"STRIPE_WEBHOOK_SECRET_FILE": str(path)}
    result = storefront("stripe", "webhook", **environment)
    assert result.exit_code == 0
    assert "whsec_" not in result.stdout
    assert str(path) in result.stdout
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    old, new = read_settings(ini, environment).webhook_secrets
    assert old == "whsec_until_now"
    assert len(new) > 20


def test_a_file_that_is_not_there_yet(storefront: Storefront, tmp_path: Path, ini: dict[str, str]) -> None:
    """The first time in production: no other command starts without the secret."""
    path = tmp_path / "webhook-secret"
    environment = {"STRIPE_WEBHOOK_SECRET_FILE": str(path)}
    assert storefront("config", "show", **environment).exit_code == 2
    assert storefront("stripe", "webhook", **environment).exit_code == 0
    assert len(read_settings(ini, environment).webhook_secrets) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_loses_no_secret(storefront: Storefront, tmp_path: Path) -> None:
    result = storefront("stripe", "webhook", STRIPE_WEBHOOK_SECRET_FILE=str(tmp_path / "nowhere" / "secret"))
    assert "cannot be written" in result.stderr
    assert "  whsec_" in result.stdout


def test_a_silent_stripe_is_one_sentence(storefront: Storefront, sandbox: Sandbox) -> None:
    sandbox.fault("drop_before", "/v1/webhook_endpoints", count=3)
    result = storefront("stripe", "webhook")
    assert result.exit_code == 1
    assert result.stderr.startswith("Stripe does not register it: ")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:6543/stripe/webhook",
        "https://127.0.0.1/stripe/webhook",
        "https://[::1]/stripe/webhook",
        "https://192.168.1.4/stripe/webhook",
        "https://localhost/stripe/webhook",
        "https://shop/stripe/webhook",
        "https://shop.local/stripe/webhook",
        "https://music.example/stripe/webhook",
        "http://music.example.com/stripe/webhook",
        "ftp://music.example.com/stripe/webhook",
        "music.example.com",
        "https://[/",
        "",
    ],
)
def test_where_stripe_cannot_reach(ini: dict[str, str], tmp_path: Path, url: str) -> None:
    """At Stripe itself, which is not asked."""
    del ini["stripe.api_base"]
    result = command_over(ini, tmp_path)("stripe", "webhook", f"--url={url}")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Stripe cannot reach {url or 'http://localhost/stripe/webhook'}: ")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("url", ["https://music.example.com/stripe/webhook", "https://93.184.215.14/stripe/webhook"])
def test_where_stripe_can_reach(url: str) -> None:
    assert out_of_reach(url) is None
