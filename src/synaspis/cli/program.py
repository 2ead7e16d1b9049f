"""The command `synaspis`: its manual, its commands, and what becomes of errors.

Modules of commands import nothing heavy at the top, so that `synaspis --help` is quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping, Sequence
from typing import Any, NoReturn

import click

from synaspis.cli.agreement import agreement
from synaspis.cli.assurance import assurance
from synaspis.cli.catalogue import catalogue
from synaspis.cli.centre import centre
from synaspis.cli.check import check
from synaspis.cli.consequences import consequences
from synaspis.cli.cooperation import cooperation
from synaspis.cli.coordination import coordination
from synaspis.cli.cost import cost
from synaspis.cli.coverage import coverage
from synaspis.cli.exercise import exercise
from synaspis.cli.export import export
from synaspis.cli.faults import BAD_INPUT, FAILED, report_failure, report_usage
from synaspis.cli.fly import fly
from synaspis.cli.gateway import gateway
from synaspis.cli.log import log
from synaspis.cli.manual import write_lines
from synaspis.cli.messages import messages
from synaspis.cli.partner import partner
from synaspis.cli.person import person
from synaspis.cli.plan import plan
from synaspis.cli.raid import raid
from synaspis.cli.scenario import scenario
from synaspis.cli.serve import serve
from synaspis.cli.study import study
from synaspis.cli.sweep import sweep
from synaspis.cli.verify import verify

INTERRUPTED = 130
"""128 and the number of the signal, as shells have it."""

READER_GONE = 141

_GROUPS = (
    (
        "Ask about a shared defence",
        ("study", "coverage", "cooperation", "raid", "cost", "assurance", "sweep", "plan", "consequences"),
    ),
    ("Ask about one flight", ("fly", "check")),
    (
        "Exchange warning data",
        ("centre", "coordination", "partner", "gateway", "exercise", "serve", "person"),
    ),
    ("Look up and describe", ("catalogue", "scenario", "agreement", "messages")),
    ("Use and prove results", ("export", "verify", "log")),
)

_EXAMPLES = """\
synaspis study europe                          the European study; report in out/europe/report.html
synaspis coverage europe --phase 2015 --threat mrbm-2000
synaspis fly --missile mrbm-2000 --from 38.1,46.3 --to 44.4,26.1
synaspis check --apogee-km 6248.5 --range-km 1090 --time-s 4052
synaspis catalogue show sm-3-iia               every value with its source
synaspis partner watch kit                     who tells us what, and under which clause
synaspis scenario new my-shield.yaml           a file to change, with comments
synaspis verify out/europe                     rebuild the numbers and compare"""

_STATUSES = """\
0  done
1  a finding (an impossible flight, a number that differs) or a failed run
2  bad input: everything that is wrong with it is listed, and nothing was written
130, 141  ended by Ctrl-C, or by a reader of the output that went away"""


class Manual(click.Group):
    """A group whose help lists commands by purpose and whose errors leave as the manual says."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under the headings of `_GROUPS`, then examples and exit statuses."""
        for heading, names in _GROUPS:
            with formatter.section(heading):
                rows = []
                for name in names:
                    command = self.commands[name]
                    rows.append((name, command.get_short_help_str(200)))
                    if isinstance(command, click.Group):
                        rows += [(f"  {n}", c.get_short_help_str(200)) for n, c in command.commands.items()]
                formatter.write_dl(rows)
        write_lines(formatter, "Examples", _EXAMPLES.splitlines())
        write_lines(formatter, "Exit status", _STATUSES.splitlines())

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command and leave with its exit status."""
        asked_to_complete = complete_var or "_SYNASPIS_COMPLETE" in os.environ
        if standalone_mode and not asked_to_complete:
            given = list(sys.argv[1:] if args is None else args)
            leave(self._status(given, prog_name or "synaspis", extra))
        return super().main(args, prog_name, complete_var, standalone_mode, **extra)

    def _status(self, args: list[str], name: str, extra: MutableMapping[str, Any]) -> int:
        as_json = "--json" in args
        try:
            with self.make_context(name, list(args), **extra) as context:
                return int(self.invoke(context) or 0)
        except click.exceptions.Exit as stop:
            return stop.exit_code
        except click.UsageError as error:
            report_usage(error, as_json=as_json)
            return BAD_INPUT
        except (KeyboardInterrupt, click.Abort):
            click.echo("Stopped. Nothing half-written was left behind.", err=True)
            return INTERRUPTED
        except BrokenPipeError:
            return READER_GONE
        except Exception as error:
            return report_failure(error, as_json=as_json)


def leave(status: int) -> NoReturn:
    """Flush the output and exit; a reader that has gone, or a full disk, changes the status and not more."""
    try:
        if sys.stdout is not None:  # it is None where the shell closed it
            sys.stdout.flush()
    except BrokenPipeError:
        status = READER_GONE
    except OSError as error:
        click.echo(f"The output could not be written: {error.strerror}.", err=True)
        status = status or FAILED
        _drop_output()
    if status == READER_GONE:
        _drop_output()
    sys.exit(status)


def _drop_output() -> None:
    # Python flushes once more at exit, which would print a traceback about the same pipe or disk.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from synaspis._version import VERSION

        click.echo(f"synaspis {VERSION}")
        context.exit()


@click.group(
    cls=Manual,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
@click.pass_context
def main(context: click.Context) -> int:
    """Model a shared defence against ballistic missiles: what it covers, with how much warning, year by
    year, and what each part of it is worth.

    Everything rests on public sources; every number can be traced to one (`catalogue show`) and rebuilt
    (`verify`). Synaspis informs people: it controls nothing.

    SCENARIO is the id of a scenario that comes with the package, such as `europe`, or the path of a file of
    yours. Places are LAT,LON in degrees, north and east positive: 38.35,37.79 or -33.9,18.4. Every command
    takes --json: one JSON document on standard output, all else on standard error.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
    return 0


for _command in (
    study,
    coverage,
    cooperation,
    raid,
    cost,
    assurance,
    plan,
    fly,
    check,
    catalogue,
    scenario,
    agreement,
    messages,
    export,
    verify,
    log,
    sweep,
    consequences,
    centre,
    partner,
    serve,
    person,
    exercise,
    gateway,
    coordination,
):
    main.add_command(_command)

__all__ = ["BAD_INPUT", "FAILED", "INTERRUPTED", "READER_GONE", "main"]
