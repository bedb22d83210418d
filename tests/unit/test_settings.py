"""Settings: what is read, from where, and everything that is refused, all at once."""

from pathlib import Path

import pytest

from storefront.settings import OPTIONS, BadSettings, child_environment, read_settings

PRODUCTION = {
    "environment": "production",
    "sqlalchemy.url": "sqlite:////srv/shop/storefront.sqlite",
    "storage.url": "/srv/shop/files",
    "storage.secret_access_key": "wJalrXUtnFEMI",
    "secret_key": "0123456789abcdef0123456789abcdef",
    "base_url": "https://music.example.com",
    "mail.url": "smtps://user:password@mail.example.com:465",
    "mail.sender": "The Band <music@example.com>",
    "shop.timezone": "Europe/Berlin",
    "stripe.secret_key": "sk_live_1",
    "stripe.publishable_key": "pk_live_1",
    "stripe.webhook_secrets": "whsec_1",
}


def problems(ini: dict[str, str], environ: dict[str, str] | None = None) -> str:
    with pytest.raises(BadSettings) as refused:
        read_settings(ini, environ or {})
    return "\n".join(refused.value.problems)


def test_nothing_given_is_a_shop_on_a_laptop() -> None:
    settings = read_settings({}, {})
    assert not settings.production
    assert not settings.live
    assert not settings.secure
    assert settings.database_url.startswith("sqlite:///")
    assert settings.jobs_inline is True


def test_a_whole_production_is_accepted() -> None:
    settings = read_settings(PRODUCTION, {})
    assert settings.production
    assert settings.live
    assert settings.secure
    assert str(settings.shop_timezone) == "Europe/Berlin"


def test_the_environment_beats_the_file_and_a_named_file_beats_both(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("sk_test_from_file\n")
    ini = {"stripe.secret_key": "sk_test_ini", "shop.name": "Ini"}
    assert read_settings(ini, {"STOREFRONT_SHOP_NAME": "Environment"}).shop_name == "Environment"
    environ = {"STRIPE_SECRET_KEY": "sk_test_environment", "STRIPE_SECRET_KEY_FILE": str(secret)}
    assert read_settings(ini, environ).stripe_secret_key == "sk_test_from_file"


def test_a_named_file_that_is_missing_is_named(tmp_path: Path) -> None:
    told = problems({}, {"STRIPE_SECRET_KEY_FILE": str(tmp_path / "nothing")})
    assert "STRIPE_SECRET_KEY_FILE: No such file" in told


@pytest.mark.parametrize(
    "option", [option for option in OPTIONS if option.example and not option.desk], ids=lambda option: option.ini
)
def test_production_names_each_setting_that_is_missing(option) -> None:
    ini = {key: value for key, value in PRODUCTION.items() if key != option.ini}
    told = problems(ini)
    assert told.startswith(f"{option.ini} is not set")
    assert option.env in told
    assert option.example in told


def test_everything_that_is_wrong_is_told_at_once() -> None:
    told = problems({"base_url": "ftp://shop", "jobs.inline": "perhaps", "shop.timezone": "Mars/Olympus"})
    assert [line.partition(" ")[0] for line in told.splitlines()] == ["base_url", "shop.timezone", "jobs.inline"]


def test_an_unknown_setting_is_an_error_with_a_suggestion() -> None:
    assert problems({"stripe.secret_kye": "sk_test_1"}) == (
        "stripe.secret_kye is no setting; did you mean stripe.secret_key?"
    )


def test_settings_of_other_packages_in_the_same_section_are_left_alone() -> None:
    read_settings({"pyramid.includes": "x", "here": "/srv", "__file__": "/srv/shop.ini"}, {})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("environment", "staging"),
        ("base_url", "music.example.com"),
        ("base_url", "https://music.example.com/shop"),
        ("base_url", "https://user@music.example.com"),
        ("base_url", "https://music.example.com/?a=1"),
        ("sqlalchemy.url", "mysql://localhost/shop"),
        ("sqlalchemy.url", "postgresql://localhost/shop"),
        ("storage.url", "ftp://files"),
        ("mail.url", "sendmail"),
        ("shop.timezone", "Berlin"),
        ("shop.timezone", "../../etc/passwd"),
        ("shop.locale", "en-US!"),
        ("jobs.inline", ""),
        ("stripe.statement_descriptor_suffix", "M"),
        ("stripe.statement_descriptor_suffix", "A<B"),
        ("stripe.statement_descriptor_suffix", "1234"),
        ("stripe.statement_descriptor_suffix", "X" * 23),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_its_name(key: str, value: str) -> None:
    assert problems({key: value}).startswith(f"{key} (or ")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"stripe.secret_key": "pk_test_1"}, "begin with sk_ or rk_"),
        ({"stripe.publishable_key": "sk_test_1"}, "begin with pk_"),
        ({"stripe.secret_key": "sk_test_1"}, "one is live, the other is not"),
        ({"stripe.webhook_secrets": "whsec_1 secret"}, "begin with whsec_"),
        ({"stripe.webhook_secrets": " "}, "begin with whsec_"),
        ({"secret_key": "short"}, "at least 32 random characters"),
        ({"secret_key": "only-for-development-and-refused-in-production"}, "of your own"),
        ({"stripe.secret_key": "sk_test_sandbox_shop", "stripe.publishable_key": "pk_test_1"}, "the sandbox's keys"),
        ({"stripe.webhook_secrets": "whsec_1 whsec_sandbox_shop"}, "the sandbox's keys"),
        ({"stripe.api_base": "http://127.0.0.1:6544"}, "production talks to Stripe itself"),
        ({"stripe.js_url": "http://127.0.0.1:6544/endive/stripe.js"}, "loads Stripe.js from js.stripe.com"),
        ({"stripe.js_url": "https://js.stripe.com.evil.example/stripe.js"}, "loads Stripe.js from js.stripe.com"),
        ({"base_url": "http://music.example.com"}, "reached by https"),
    ],
)
def test_production_refuses_what_is_unsafe(changed: dict[str, str], told: str) -> None:
    assert told in problems({**PRODUCTION, **changed})


def test_development_refuses_live_keys() -> None:
    told = problems({"stripe.secret_key": "sk_live_1", "stripe.publishable_key": "pk_live_1"})
    assert "would charge real cards" in told


def test_a_printed_settings_object_shows_no_secret() -> None:
    text = repr(read_settings(PRODUCTION, {}))
    assert "music.example.com" in text
    for option in OPTIONS:
        if option.secret:
            assert PRODUCTION[option.ini] not in text


def test_a_child_process_gets_what_was_changed_and_no_file_that_would_beat_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREFRONT_BASE_URL_FILE", "/run/secrets/base")
    monkeypatch.setenv("STOREFRONT_SHOP_NAME", "Kept")
    environment = child_environment(base_url="http://127.0.0.1:8080")
    assert environment["STOREFRONT_BASE_URL"] == "http://127.0.0.1:8080"
    assert "STOREFRONT_BASE_URL_FILE" not in environment
    assert environment["STOREFRONT_SHOP_NAME"] == "Kept"


S3 = {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s3cr3t", "AWS_REGION": "eu-central-1"}


def test_a_bucket_is_reached_with_the_environments_key_which_is_not_shown() -> None:
    settings = read_settings({"storage.url": "s3://music/shop"}, {**S3, "AWS_ENDPOINT_URL": "https://s3.example.com/"})
    assert settings.s3_secret_access_key == "s3cr3t"
    assert settings.s3_endpoint == "https://s3.example.com"
    assert "s3cr3t" not in repr(settings)


def test_a_bucket_without_a_key_or_of_a_name_that_cannot_be_is_refused() -> None:
    assert "AWS_SECRET_ACCESS_KEY" in problems({"storage.url": "s3://music"}, {"AWS_ACCESS_KEY_ID": "AKIA1"})
    for url in ("s3://", "s3://Music", "s3:///prefix", "s3://a_b/c"):
        assert "a bucket's name" in problems({"storage.url": url}, S3)


@pytest.mark.parametrize("address", ["s3.example.com", "ftp://s3.example.com", "https://s3.example.com/bucket"])
def test_an_endpoint_is_an_address_without_the_bucket(address: str) -> None:
    assert "storage.endpoint" in problems({}, {"AWS_ENDPOINT_URL": address})


def test_customers_are_not_sent_to_a_bucket_without_https() -> None:
    ini = {**PRODUCTION, "storage.url": "s3://music"}
    assert "storage.endpoint" in problems(ini, {**S3, "AWS_ENDPOINT_URL": "http://10.0.0.1:9000"})
