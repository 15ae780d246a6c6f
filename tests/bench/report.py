# SPDX-License-Identifier: MIT
"""Figures of interleaved rounds, and their text: medians with their range, ratios within each round."""
import datetime
import os
import statistics

SETTINGS = ("PARTS", "EVENTS", "ROUNDS", "SEED", "BODY_BYTES", "ACCOUNTS", "OTHERS", "REQUESTS",
            "EXPORT_EVENTS", "SAMPLES", "SECONDS", "METHODS", "TEXT_INDEX_PERCENT", "BENCH_VAR",
            "BENCH_DIR", "DATABASE_OPTIONS")


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def _machine():
    with open("/proc/meminfo", encoding="utf-8") as file:
        kilobytes = int(file.readline().split()[1])
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    load = os.getloadavg()[0]
    return (f"{os.cpu_count()} cores ({models[0] if models else 'unknown'}), "
            f"{kilobytes / 2**20:.0f} GiB memory, load average at the end {load:.1f}")


def _span(values, format_one):
    return (f"{format_one(statistics.median(values)):>8} "
            f"{format_one(min(values)) + '–' + format_one(max(values)):>15}")


def head(title, copy):
    """The first lines of every report."""
    version = copy.sql("SELECT VERSION();").strip()
    return [
        f"{title}, {now():%Y-%m-%d %H:%M} UTC",
        f"{_machine()}; MariaDB {version}",
        f"deploy/my.cnf with {copy.database_options or 'no other settings'}",
        f"command: {command()}",
    ]


def command():
    """What was called, with the settings that were given."""
    given = [f'{name}="{value}"' if " " in value else f"{name}={value}"
             for name in SETTINGS if (value := os.environ.get(name))]
    return " ".join(["make bench", *given])


def percentile(values, percent):
    """The value that so many of a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


class Sheet:
    """Notes and tables of figures, as text."""

    def __init__(self, title):
        self.title = title
        self.notes = []
        self.parts = []

    def say(self, text):
        self.parts.append(["", text])

    def table(self, header, rows):
        """Rows of texts; the first column is aligned left, all others right."""
        widths = [max(len(row[at]) for row in [header, *rows]) for at in range(len(header))]
        self.parts.append([""] + [
            "  ".join([row[0].ljust(widths[0]),
                       *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]).rstrip()
            for row in [header, *rows]])

    def text(self, copy):
        lines = [*head(self.title, copy), *self.notes]
        for part in self.parts:
            lines += part
        return "\n".join(lines)


class Report:
    """One round after the other, each with one figure for each method."""

    def __init__(self, title, unit, peers):
        self.title = title
        self.unit = unit
        self.peers = peers  # methods that the others are compared with
        self.rates = {}
        self.cpu = {}
        self.notes = []

    def add(self, method, count, seconds, cpu):
        self.rates.setdefault(method, []).append(count / seconds)
        for part, used in cpu.items():
            self.cpu.setdefault(method, {}).setdefault(part, []).append(used / count * 1e6)

    def _ratios(self, method, peer):
        return [a / b for a, b in zip(self.rates[method], self.rates[peer])]

    def text(self, copy):
        lines = [
            *head(self.title, copy),
            *self.notes,
            "",
            f"{self.unit:<34}  median        min–max   CPU µs each: mariadbd record nginx other",
        ]
        for method, rates in self.rates.items():
            cpu = self.cpu.get(method, {})
            shown = "  ".join(f"{statistics.median(cpu[part]):6.1f}" if part in cpu else "     –"
                              for part in ("mariadbd", "record", "nginx", "other"))
            lines.append(f"{method:<34}{_span(rates, '{:,.0f}'.format)}               {shown}")
        for peer in [peer for peer in self.peers if peer in self.rates]:
            lines += ["", f"{'times ' + peer:<34}  median        min–max"]
            lines += [f"{method:<34}{_span(self._ratios(method, peer), '{:.2f}'.format)}"
                      for method in self.rates if method not in self.peers
                      and len(self.rates[method]) == len(self.rates[peer])]
        return "\n".join(lines)
