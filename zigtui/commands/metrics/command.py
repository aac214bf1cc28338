"""``zigtui metrics``: print or serve numbers about sessions for Prometheus."""

import threading

import click

from zigtui.commands.options.address import parse_address, shown_address
from zigtui.commands.options.base_option import base_option, bases_of, check_received, logs_of
from zigtui.commands.printing.terminal import write
from zigtui.commands.program.ending_signals import exits_on_signals
from zigtui.commands.program.extras import needs_extra
from zigtui.commands.program.program_options import settings_of
from zigtui.commands.reading.observation_file import ObservationFile
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.watch import Watcher
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.session.observations import Observations
from zigtui.system.standard_streams import note

__all__ = ["command"]


@click.command("metrics", short_help="Print or serve numbers for Prometheus.")
@base_option
@click.option(
    "--listen",
    "address",
    type=parse_address,
    metavar="ADDRESS:PORT",
    help="Serve the metrics at http://ADDRESS:PORT/metrics until Ctrl-C, instead of printing them once.",
)
@click.pass_context
def command(context: click.Context, bases: tuple[str, ...], address: tuple[str, int] | None) -> None:
    """Print numbers about all sessions in the text format of Prometheus, for alerts and dashboards.

    For each workflow: sessions by state, when the newest of each state began, durations, the age and the silence of
    live sessions, failed steps and passes, tokens and cost. Pruned sessions no longer count. A session that seems to
    be live but has shown no sign of life yet is in the state checking. Mirrored sessions have the label machine. Of a
    machine with more than 500 workflows, those with the fewest sessions are together the workflow (others).

    This needs the extra metrics: pip install 'zigtui[metrics]'. Names of workflows are in the metrics, so serve them
    to others only if they may know them: there is no password.

    \b
    zigtui metrics > /var/lib/node_exporter/zigtui.prom
    zigtui metrics --listen 127.0.0.1:9464
    """
    with needs_extra():
        import prometheus_client

        from zigtui.commands.metrics.collector import registry_of

    check_received(context)
    kept = ObservationFile()
    observations = Observations(kept.load, kept.add)
    catalog = Catalog(bases_of(context, bases), stall_secs=settings_of(context).stall_secs, observations=observations)
    registry = registry_of(catalog.sessions)
    if address is None:
        logs_of(context, bases)  # a base that does not exist or cannot be listed is an error
    catalog.read_all()  # also before they are served: sessions that are found one by one would look like new ones
    if address is None:
        write(prometheus_client.generate_latest(registry).decode())
        return
    host, port = address
    with exits_on_signals():
        watcher = Watcher(catalog, _ignore)
        try:
            server, _ = prometheus_client.start_http_server(port, host, registry)
        except OSError as error:
            raise click.ClickException(f"cannot listen at {shown_address(host, port)}: {reason_of(error)}") from error
        try:
            watcher.start()
            note(f"zigtui: serving http://{shown_address(host, server.server_port)}/metrics")
            threading.Event().wait()
        finally:
            server.shutdown()
            server.server_close()
            watcher.stop()


def _ignore() -> None:
    """Changes need no action: the metrics are computed when they are asked for."""
