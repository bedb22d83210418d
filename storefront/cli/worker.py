"""`storefront worker`: the jobs, in a process of their own."""

import signal

import click

from storefront.cli.configuration import Configuration, pass_configuration
from storefront.tasks import make_worker
from storefront.wiring import expect_ready


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@pass_configuration
def worker(configuration: Configuration, once: bool) -> None:
    """Run the jobs: mails, music, payments in doubt. Any number of workers may run beside each other."""
    configuration.set_up_logging()
    expect_ready(configuration.wiring)
    jobs = make_worker(configuration.wiring)
    if once:
        click.echo(f"{jobs.run_due()} jobs done")
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    jobs.start()
    click.echo("Working; what is at work may finish when this is told to stop")
    try:
        jobs.wait()
    except KeyboardInterrupt:
        jobs.stop()
