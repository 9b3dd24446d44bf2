"""Pushes with prometheus_client what ../README.md says, one step for each line of the standard input."""

import os
import sys

from prometheus_client import CollectorRegistry, Counter, Enum, Gauge, Histogram, Info, Summary
from prometheus_client import delete_from_gateway, push_to_gateway, pushadd_to_gateway


def all_types():
    registry = CollectorRegistry()
    requests = Counter("client_requests", "Requests served.", ["code"], registry=registry)
    requests.labels("200").inc(3)
    requests.labels("500").inc(0)
    Gauge("client_temperature", "Degrees.", registry=registry).set(36.6)
    odd = Gauge("client_odd", 'A \\ and "quotes".', ["text"], registry=registry)
    odd.labels('C:\\dir "x",\n}').set(-1.5e-7)
    size = Summary("client_size_bytes", "Sizes.", registry=registry)
    size.observe(200)
    size.observe(200)
    seconds = Histogram("client_seconds", "Durations.", buckets=(0.25, 1), registry=registry)
    for value in (0.125, 0.5, 8):
        seconds.observe(value)
    Info("client_build", "Build.", registry=registry).info({"version": "1.2"})
    state = Enum("client_state", "State.", states=["running", "stopped"], registry=registry)
    state.state("running")
    return registry


def one_gauge():
    registry = CollectorRegistry()
    Gauge("client_temperature", "Degrees.", registry=registry).set(40)
    return registry


def take(url, verb, registry, job, grouping):
    compression = os.environ.get("CLIENT_VARIANT")
    if verb == "push":
        push_to_gateway(url, job, registry, grouping, compression=compression)
    elif verb == "add":
        pushadd_to_gateway(url, job, registry, grouping, compression=compression)
    else:
        delete_from_gateway(url, job, grouping)


def main():
    registries = {"all": all_types(), "gauge": one_gauge()}
    for line in sys.stdin:
        verb, what, job, *labels = line.rstrip("\n").split("\t")
        grouping = dict(zip(labels[::2], labels[1::2]))
        try:
            take(sys.argv[1], verb, registries[what], job, grouping)
            print("ok", flush=True)
        except Exception as error:
            body = error.read().decode() if hasattr(error, "read") else ""
            print("failed", f"{error} {body}".replace("\n", " "), flush=True)


main()
