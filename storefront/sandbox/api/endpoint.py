"""What all endpoints have in common: the way of a request, from the key to the answer.

    request -> API key (401) -> faults, limiter (429) -> idempotency key (409, 400, or the saved answer)
            -> parameters (400) -> [ the endpoint, its events, its saved answer ]: one transaction -> expand -> answer

An endpoint is a function of a Call that returns an object of Stripe's, or raises StripeError.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

import stripe
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response

from .. import auth, faults, form, schedule
from ..call import Call
from ..errors import Json, StripeError, invalid, server_error
from ..expand import expand
from ..faults import Fault, Kind
from ..idempotency import Saved, fingerprint
from ..ids import new_id
from ..parameters import Hash, contract
from ..service import Service

Function = Callable[[Call], Json]


@dataclass
class Answer:
    """What the caller gets; `fault` is what a test ordered to go wrong with it."""

    status: int
    text: str
    replayed: bool = False
    fault: Fault | None = None


@dataclass
class Endpoint:
    """One line of Stripe's API reference. `public` ones take the publishable key too."""

    function: Function
    parameters: Hash
    public: bool = False

    def __call__(self, context: object, request: Request) -> Response:
        service: Service = request.registry.sandbox
        call = replace(
            service.call(request.host_url),
            path=dict(request.matchdict),
            request_id=new_id("req", 14),
            idempotency_key=request.headers.get("Idempotency-Key") if request.method == "POST" else None,
        )
        text = request.query_string if request.method in ("GET", "DELETE") else request.body.decode("utf-8", "replace")
        fault = faults.take(service.store, request.method, request.path)
        answer = Answer(500, "")
        try:
            answer = self._answer(service, call, request, text, fault)
        finally:  # a dropped connection is in the log too
            _log(service, call, request, text, answer, fault)
            service.wake.set()
        if fault is not None:
            fault.after()
        return _response(call, answer)

    def _answer(self, service: Service, call: Call, request: Request, text: str, fault: Fault | None) -> Answer:
        try:
            call.public = auth.is_public(
                request.headers.get("Authorization"), service.settings, public_endpoint=self.public
            )
            _check_version(request.headers.get("Stripe-Version"))
            with ExitStack() as held:
                if fault is not None:
                    fault.before_key(call.idempotency_key)
                print_ = fingerprint(request.method, request.path, text)
                if call.idempotency_key:
                    held.enter_context(service.idempotency.claim(call.idempotency_key, print_, call.now))
                if fault is not None:
                    fault.before_execution()
                call.now = service.clock.now()  # a delayed request runs when it runs
                call.params = self.parameters.read(form.parse(text))
                schedule.do_due(call)
                return self._execute(service, call, request.method, print_, fault)
        except Saved as saved:
            return Answer(saved.status, saved.text, replayed=True, fault=fault)
        except StripeError as error:
            return Answer(error.status, _json(error.body(call.request_id or "")), fault=fault)

    def _execute(self, service: Service, call: Call, method: str, print_: str, fault: Fault | None) -> Answer:
        with ExitStack() as transaction:
            if method != "GET":
                transaction.enter_context(service.store.transaction())
            try:
                with service.store.savepoint():
                    body = self.function(call)
                    status, body = 200, expand(service.store, body, call.params.get("expand", []))
            except StripeError as error:
                status, body = error.status, error.body(call.request_id or "")
            if fault is not None and fault.kind is Kind.STATUS_500:
                status, body = 500, server_error().body(call.request_id or "")
            if call.idempotency_key:
                service.idempotency.save(call.idempotency_key, print_, status, _json(body), call.now)
        return Answer(status, _json(body), fault=fault)


def _json(body: Json) -> str:
    return json.dumps(body, ensure_ascii=False)


def _check_version(version: str | None) -> None:
    if version not in (None, stripe.api_version):
        raise invalid(f"Invalid Stripe API version: {version}. The sandbox speaks {stripe.api_version}.")


def _response(call: Call, answer: Answer) -> Response:
    body = answer.text.encode()
    headers = {
        "Request-Id": call.request_id,
        "Stripe-Version": stripe.api_version,
        "Idempotency-Key": call.idempotency_key,
        "Idempotent-Replayed": "true" if answer.replayed else None,
        "Cache-Control": "no-cache, no-store",
    }
    response = Response(body=body, status=answer.status, content_type="application/json", charset=None)
    response.headers.update({name: value for name, value in headers.items() if value})
    if answer.fault is not None and answer.fault.kind is Kind.CUT:
        # waitress closes a connection whose body ends before its Content-Length
        response.app_iter = [body[: len(body) // 2]]
        response.content_length = len(body)
    return response


def _log(service: Service, call: Call, request: Request, text: str, answer: Answer, fault: Fault | None) -> None:
    service.store.connection.execute(
        "INSERT INTO request_log (id, at, method, path, idempotency_key, body_sha256, status, replayed, fault) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            call.request_id,
            service.clock.time(),
            request.method,
            request.path,
            call.idempotency_key,
            hashlib.sha256(text.encode()).hexdigest(),
            answer.status if answer.text else None,
            answer.replayed,
            fault and fault.kind,
        ),
    )


def add_endpoint(
    config: Configurator, method: str, path: str, function: Function, params: type, *, public: bool = False
) -> None:
    """Directive: `config.add_endpoint("POST", "/v1/things/{id}", update, ThingUpdateParams)`."""
    name = f"{method} {path}"
    config.add_route(name, path, request_method=method)
    config.add_view(Endpoint(function, contract(params), public), route_name=name)
    config.registry.endpoints.append((method, path))


def unknown_url(request: Request) -> Response:
    """404 of an address that is none of Stripe's, or that the sandbox does not have."""
    error = invalid(
        f"Unrecognized request URL ({request.method}: {request.path}). Please see https://stripe.com/docs or we "
        "can help at https://support.stripe.com/.",
        status=404,
    )
    return Response(json_body=error.body(new_id("req", 14)), status=404)


def includeme(config: Configurator) -> None:
    """Gives the other modules `config.add_endpoint`; registry.endpoints lists what they added."""
    config.registry.endpoints = []
    config.add_directive("add_endpoint", add_endpoint)
    config.add_notfound_view(unknown_url)
