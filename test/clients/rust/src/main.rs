//! Pushes with the crate prometheus what ../README.md says, one step for each line of the standard input.

use std::collections::HashMap;
use std::io::stdin;

use prometheus::{
    CounterVec, Gauge, GaugeVec, Histogram, HistogramOpts, Opts, Registry,
    push_add_metrics, push_metrics,
};

fn main() {
    let url = std::env::args().nth(1).expect("the URL of a relay");
    let (all, gauge) = (all().unwrap(), gauge().unwrap());
    for line in stdin().lines() {
        let line = line.unwrap();
        let step: Vec<&str> = line.split('\t').collect();
        let grouping: HashMap<String, String> = step[3..]
            .chunks(2)
            .map(|pair| (pair[0].to_owned(), pair[1].to_owned()))
            .collect();
        let families = if step[1] == "all" { &all } else { &gauge }.gather();
        let outcome = match step[0] {
            "push" => push_metrics(step[2], grouping, &url, families, None),
            "add" => push_add_metrics(step[2], grouping, &url, families, None),
            verb => panic!("the crate has no {verb}"),
        };
        match outcome {
            Ok(()) => println!("ok"),
            Err(error) => println!("failed {}", error.to_string().replace('\n', " ")),
        }
    }
}

fn all() -> prometheus::Result<Registry> {
    let requests = CounterVec::new(
        Opts::new("client_requests_total", "Requests served."),
        &["code"],
    )?;
    requests.with_label_values(&["200"]).inc_by(3.0);
    requests.with_label_values(&["500"]).inc_by(0.0);
    let temperature = Gauge::new("client_temperature", "Degrees.")?;
    temperature.set(36.6);
    let odd = GaugeVec::new(Opts::new("client_odd", r#"A \ and "quotes"."#), &["text"])?;
    odd.with_label_values(&["C:\\dir \"x\",\n}"]).set(-1.5e-7);
    let seconds = Histogram::with_opts(
        HistogramOpts::new("client_seconds", "Durations.").buckets(vec![0.25, 1.0]),
    )?;
    for value in [0.125, 0.5, 8.0] {
        seconds.observe(value);
    }
    let registry = Registry::new();
    registry.register(Box::new(requests))?;
    registry.register(Box::new(temperature))?;
    registry.register(Box::new(odd))?;
    registry.register(Box::new(seconds))?;
    Ok(registry)
}

fn gauge() -> prometheus::Result<Registry> {
    let temperature = Gauge::new("client_temperature", "Degrees.")?;
    temperature.set(40.0);
    let registry = Registry::new();
    registry.register(Box::new(temperature))?;
    Ok(registry)
}
