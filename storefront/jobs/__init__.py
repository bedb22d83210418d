"""The queue in the job table. It knows no kind of job: tasks/ has the table of those."""

from storefront.jobs.queue import enqueue, forget_done, forget_failed, hurry, run_again
from storefront.jobs.task import Lane, Task
from storefront.jobs.worker import Worker

__all__ = ["Lane", "Task", "Worker", "enqueue", "forget_done", "forget_failed", "hurry", "run_again"]
