"""The queue of jobs: what failed, and what is to become of it."""

from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.services.shop.job_lists import forget_job, run_job_again, show_queue
from storefront.web.request import ShopRequest
from storefront.web.security import Permission


@view_defaults(route_name="admin_jobs")
class JobsController:
    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(request_method="GET", permission=Permission.SEE_JOBS, renderer="admin/jobs.jinja2")
    def list(self) -> dict[str, Any]:
        secrets = self.request.wiring.settings.secret_words
        return {
            "queue": show_queue(self.request.db, secrets, datetime.now(UTC), self.request.GET.get("before")),
            "done": self.request.GET.get("done"),
            "account": self.request.account,
        }

    @view_config(request_method="POST", request_param="again", permission=Permission.RUN_JOBS)
    def run_again(self) -> Response:
        """The second press finds it in the queue already, and changes nothing."""
        run_job_again(self.request.db, self.request.POST["again"], datetime.now(UTC), self.request.actor)
        return self._back("again")

    @view_config(request_method="POST", request_param="forget", permission=Permission.RUN_JOBS)
    def forget(self) -> Response:
        forget_job(self.request.db, self.request.POST["forget"], datetime.now(UTC), self.request.actor)
        return self._back("forgotten")

    def _back(self, done: str) -> Response:
        return HTTPSeeOther(self.request.route_path("admin_jobs", _query={"done": done}))
