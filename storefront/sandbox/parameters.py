"""The parameters that Stripe takes, read from the installed stripe package's own types.

The TypedDicts of `stripe.params` are generated from Stripe's OpenAPI description, so what is refused here is what the
pinned API version refuses. Each is compiled once into a tree of readers, which check the form's strings and give them
their types. Errors are those of https://docs.stripe.com/error-codes.
"""

import functools
import types
import typing
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import typing_extensions
from stripe._request_options import RequestOptions

from .errors import StripeError, invalid

#: parameters of the Python client itself, which are sent as headers
_CLIENT_OPTIONS = frozenset(RequestOptions.__annotations__)
#: names that the package imports for type checkers only
_TYPE_CHECKING_NAMES: dict[str, Any] = {"StripeContext": object, "Mapping": Mapping}


#: limits of metadata: https://docs.stripe.com/metadata
MOST_KEYS, LONGEST_KEY, LONGEST_VALUE = 50, 40, 500


class Reader(Protocol):
    """Turns the value of a form into the contract's type, or raises StripeError."""

    def read(self, value: Any, name: str) -> Any: ...


def _scalar(value: Any, name: str, want: str) -> str:
    if not isinstance(value, str):
        raise invalid(f"Invalid {want}: {name}", param=name)
    if not value:
        raise invalid(
            f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a field; "
            f"however '{name}' cannot be unset. You should remove '{name}' from your request or supply a "
            "non-empty value.",
            code="parameter_invalid_empty",
            param=name,
        )
    return value


class Text:
    """Any text but the empty one."""

    def read(self, value: Any, name: str) -> str:
        return _scalar(value, name, "string")


class Integer:
    """Decimal digits, perhaps with a sign."""

    def read(self, value: Any, name: str) -> int:
        text = _scalar(value, name, "integer")
        if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 20):
            raise invalid(f"Invalid integer: {text}", code="parameter_invalid_integer", param=name)
        return int(text)


class Number:
    """A number with or without a fraction."""

    def read(self, value: Any, name: str) -> float:
        try:
            return float(_scalar(value, name, "decimal"))
        except ValueError:
            raise invalid(f"Invalid decimal: {value}", param=name) from None


class Boolean:
    """`true` or `false`."""

    def read(self, value: Any, name: str) -> bool:
        text = _scalar(value, name, "boolean")
        if text not in ("true", "false"):
            raise invalid(f"Invalid boolean: {text}", param=name)
        return text == "true"


@dataclass(frozen=True)
class Choice:
    """One of a list of words."""

    words: tuple[str, ...]

    def read(self, value: Any, name: str) -> str:
        if value not in self.words:
            shown = value if isinstance(value, str) else "a hash"
            words = [word for word in self.words if word]
            listed = ", ".join(words[:-1]) + f", or {words[-1]}" if len(words) > 1 else "".join(words)
            raise invalid(f"Invalid {name}: must be one of {listed} (got {shown})", param=name)
        return str(value)


@dataclass(frozen=True)
class Array:
    """A list, given as `name[]=...` or `name[0]=...`."""

    item: Reader

    def read(self, value: Any, name: str) -> list[Any]:
        if not (isinstance(value, dict) and all(key.isdigit() for key in value)):
            raise invalid(f"Invalid array: {name}", param=name)
        return [self.item.read(value[key], f"{name}[{key}]") for key in sorted(value, key=int)]


@dataclass(frozen=True)
class FreeHash:
    """A hash with names of the caller's own, such as metadata; an empty value unsets its name."""

    def read(self, value: Any, name: str) -> dict[str, str]:
        if not (isinstance(value, dict) and all(isinstance(entry, str) for entry in value.values())):
            raise invalid(f"Invalid hash: {name}", param=name)
        if len(value) > MOST_KEYS:
            raise invalid(f"{name} can have up to {MOST_KEYS} keys.", param=name)
        for key, entry in value.items():
            if len(key) > LONGEST_KEY or len(entry) > LONGEST_VALUE:
                raise invalid(
                    f"{name} keys can have up to {LONGEST_KEY} characters, and their values up to {LONGEST_VALUE}.",
                    param=f"{name}[{key}]",
                )
        return value


@dataclass(frozen=True)
class Hash:
    """A hash with the contract's own names."""

    fields: Mapping[str, Reader]
    required: frozenset[str]

    def read(self, value: Any, name: str = "") -> dict[str, Any]:
        if not isinstance(value, dict):
            raise invalid(f"Invalid object: {name}", param=name)

        def path(key: str) -> str:
            return f"{name}[{key}]" if name else key

        for key in value:
            if key not in self.fields:
                raise _unknown(path(key))
        for key in self.fields:  # in the contract's order, so that the answer is always the same one
            if key in self.required and key not in value:
                raise invalid(f"Missing required param: {path(key)}.", code="parameter_missing", param=path(key))
        return {key: self.fields[key].read(entry, path(key)) for key, entry in value.items()}


@dataclass(frozen=True)
class Either:
    """What one of several readers takes: a hash goes to those that want one, a text to the others."""

    options: tuple[Reader, ...]

    def read(self, value: Any, name: str) -> Any:
        wants_hash = isinstance(value, dict)
        fitting = [o for o in self.options if isinstance(o, Hash | FreeHash | Array) is wants_hash] or self.options
        for option in fitting[:-1]:
            with suppress(StripeError):
                return option.read(value, name)
        return fitting[-1].read(value, name)


def _unknown(name: str) -> StripeError:
    if name == "payment_method_types":
        return invalid(
            "The `payment_method_types` parameter is no longer supported. Use `allowed_payment_method_types` instead.",
            code="payment_method_types_no_longer_supported",
            param=name,
        )
    return invalid(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


@functools.cache
def contract(params: type) -> Hash:
    """The reader of one of stripe.params' TypedDicts."""
    known: dict[type, Hash] = {}

    def of_class(cls: type) -> Hash:
        if cls not in known:
            hints = typing_extensions.get_type_hints(cls, localns=_TYPE_CHECKING_NAMES)
            fields = {name: of(hint) for name, hint in hints.items() if name not in _CLIENT_OPTIONS}
            known[cls] = Hash(fields, frozenset(cls.__required_keys__))  # type: ignore[attr-defined]
        return known[cls]

    def of(hint: Any) -> Reader:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return of_union(arguments)
        if origin is Literal:
            return Choice(arguments)
        if origin is list:
            return Array(of(arguments[0]))
        if typing_extensions.is_typeddict(hint):
            return of_class(hint)
        if hint in _SCALARS:
            return _SCALARS[hint]
        return FreeHash()

    def of_union(arguments: tuple[Any, ...]) -> Reader:
        words = tuple(
            word for hint in arguments if typing.get_origin(hint) is Literal for word in typing.get_args(hint)
        )
        rest = [hint for hint in arguments if typing.get_origin(hint) is not Literal]
        if set(words) - {""}:  # "Literal[...] | str": a client may meet new words, a request must use today's
            rest = [hint for hint in rest if hint is not str]
        options = ([Choice(words)] if words else []) + [of(hint) for hint in rest]
        return options[0] if len(options) == 1 else Either(tuple(options))

    return of_class(params)


_SCALARS: dict[Any, Reader] = {str: Text(), int: Integer(), bool: Boolean(), float: Number()}
