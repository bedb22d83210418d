"""The tests' own applications: what one test leaves behind, the next one does not find."""

from pathlib import Path

from tests.support.applications import Applications


def test_nothing_of_the_shops_outlives_its_test(applications: Applications, ini: dict[str, str], tmp_path: Path):
    with applications.lent(ini) as first:
        before = dict(vars(first.registry))
    elsewhere = {**ini, "mail.url": f"spool://{tmp_path / 'other'}", "uploads.folder": str(tmp_path / "others")}
    with applications.lent({**elsewhere, "storage.url": str(tmp_path / "shelf")}) as second:
        assert second is first, "made once"
        after = vars(second.registry)
        assert after["wiring"].mailer is not before["wiring"].mailer
        remembered = {name for name, value in before.items() if type(value).__module__.startswith("storefront")}
        assert remembered == {"wiring", "stripe_slots", "pace"}
        assert [name for name in remembered if after[name] is before[name]] == []


def test_two_at_once_are_two(applications: Applications, ini: dict[str, str]):
    with applications.lent(ini) as one, applications.lent(ini) as other:
        assert one is not other
        assert one.registry.wiring is not other.registry.wiring


def test_other_settings_make_another(applications: Applications, ini: dict[str, str]):
    with applications.lent(ini) as one:
        pass
    with applications.lent({**ini, "shop.name": "Low Sun Tapes"}) as other:
        assert other is not one
