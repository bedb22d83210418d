"""`storefront config show`: what is in force, where it stands, and nothing secret."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import update

from storefront.models import ShopSettings, ShopText, TextKind, writing
from storefront.wiring import Wiring
from tests.functional.running.conftest import Storefront
from tests.support.terminal import command_over


def test_settings_are_shown_without_secrets(storefront: Storefront, tmp_path: Path) -> None:
    (tmp_path / "development.ini").write_text("[app:main]\nuse = egg:storefront\nshop.name = The Slow Hours\n")
    secrets = {
        "STRIPE_SECRET_KEY": "sk_test_canary",
        "STRIPE_WEBHOOK_SECRET": "whsec_canary whsec_canary2",
        "STOREFRONT_SECRET_KEY": "canary canary",
        "STOREFRONT_MAIL_URL": "smtps://shop:canary@mail.example.com:465",
        "STOREFRONT_DATABASE_URL": "postgresql+psycopg://shop:canary@127.0.0.1:1/shop",
    }
    result = storefront("config", "show", **secrets)
    assert result.exit_code == 0
    assert "canary" not in result.output
    assert "shop.name = The Slow Hours" in result.output
    assert "mail.url = smtps://shop:***@mail.example.com:465" in result.output
    assert "jobs.inline = true" in result.output
    assert "# what is set at the desk is not known\n# The database cannot be used" in result.output


def sections(output: str) -> dict[str, list[str]]:
    """Heading -> its lines."""
    return {part.partition("\n")[0]: part.strip().splitlines()[1:] for part in output.split("\n\n") if part.strip()}


def test_what_is_shown_can_be_read_again(storefront: Storefront, tmp_path: Path) -> None:
    """Nothing secret is set, and there is no database; then it is an ini file, and makes none."""
    shown = storefront("config", "show", STOREFRONT_UPLOADS_LARGEST="70")
    assert "There is no database yet" in shown.output
    lines = [line for line in shown.output.splitlines() if "***" not in line]
    (tmp_path / "again.ini").write_text("\n".join(["[app:main]", "use = egg:storefront", *lines]))
    again = storefront("--ini", "again.ini", "config", "show")
    assert again.exit_code == 0
    of_ini = sections(again.output)["# from again.ini"]
    assert "uploads.largest = 70" in of_ini
    assert set(of_ini) == {line for line in lines if " = " in line}
    assert not list(tmp_path.rglob("*.sqlite"))


def test_each_setting_is_shown_where_it_stands(ini: dict[str, str], tmp_path: Path, wiring: Wiring) -> None:
    storefront = command_over(ini | {"shop.locale": "de"}, tmp_path)
    (tmp_path / "zone").write_text("Europe/Berlin\n")
    with wiring.sessions() as session, writing(session):
        session.execute(
            update(ShopSettings).values(
                name="The Slow Hours", sender_name="Ana, of the Hours", sender_address="ana@example.com",
                currencies=("eur", "usd"), links=[["Label", "https://example.com/"]], version=2,
                accent="#9c3a22 #ffffff #f08a6a #000000", logo_digest="d" * 64, logo_width=320, logo_height=80,
            )
        )  # fmt: skip
        session.add(ShopText(kind=TextKind.TERMS, words="No.", digest="e" * 64, since=datetime.now(UTC)))
    environment = {"STOREFRONT_SHOP_TIMEZONE_FILE": str(tmp_path / "zone"), "STOREFRONT_SHOP_NAME": "Over it"}
    shown = sections(storefront("config", "show", **environment).output)
    assert shown["# from files that the environment names"] == ["shop.timezone = Europe/Berlin"]
    assert shown["# from the environment"] == ["shop.name = Over it"]
    assert "shop.locale = de" in shown[f"# from {tmp_path / 'shop.ini'}"]
    assert shown["# from the desk"] == [
        'mail.sender = "Ana, of the Hours" <ana@example.com>',
        "# not in force: shop.name = The Slow Hours",
        "# colour: #9c3a22 on light paper, #f08a6a on dark",
        f"# logo: 320 x 80 pixels, SHA-256 {'d' * 64}",
        "# currencies: EUR USD",
        "# link: Label, https://example.com/",
        "# text: /terms",
    ]
    assert not [line for line in shown["# by default"] if line.startswith(("mail.sender", "shop."))]


def test_a_shop_in_production_without_a_sender_has_no_default_one(storefront: Storefront) -> None:
    in_production = {
        "STOREFRONT_ENVIRONMENT": "production", "STOREFRONT_DATABASE_URL": "sqlite:///none.sqlite",
        "STOREFRONT_STORAGE_URL": "files", "STOREFRONT_SECRET_KEY": "k" * 40, "STOREFRONT_MAIL_URL": "spool://mail",
        "STOREFRONT_BASE_URL": "https://music.example.com", "STOREFRONT_SHOP_TIMEZONE": "UTC",
        "STRIPE_SECRET_KEY": "sk_live_x", "STRIPE_PUBLISHABLE_KEY": "pk_live_x", "STRIPE_WEBHOOK_SECRET": "whsec_x",
    }  # fmt: skip
    result = storefront("config", "show", **in_production)
    assert result.exit_code == 0, result.output
    assert "# mail.sender is nowhere: mails wait for it" in result.output
    assert "\nmail.sender" not in result.output
