// Pushes with client_golang what ../README.md says, one step for each line of the standard input.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/push"
	"github.com/prometheus/common/expfmt"
)

func main() {
	url := os.Args[1]
	registries := map[string]*prometheus.Registry{"all": all(), "gauge": gauge()}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		step := strings.Split(lines.Text(), "\t")
		pusher := push.New(url, step[2])
		if os.Getenv("CLIENT_VARIANT") == "text" {
			pusher = pusher.Format(expfmt.NewFormat(expfmt.TypeTextPlain))
		}
		for i := 3; i < len(step); i += 2 {
			pusher = pusher.Grouping(step[i], step[i+1])
		}
		fmt.Println(outcome(take(pusher, step[0], registries[step[1]])))
	}
}

func take(pusher *push.Pusher, verb string, registry *prometheus.Registry) error {
	switch verb {
	case "push":
		return pusher.Gatherer(registry).Push()
	case "add":
		return pusher.Gatherer(registry).Add()
	case "delete":
		return pusher.Delete()
	}
	return fmt.Errorf("no such verb: %s", verb)
}

func outcome(err error) string {
	if err == nil {
		return "ok"
	}
	return "failed " + strings.ReplaceAll(err.Error(), "\n", " ")
}

func all() *prometheus.Registry {
	requests := prometheus.NewCounterVec(
		prometheus.CounterOpts{Name: "client_requests_total", Help: "Requests served."}, []string{"code"})
	requests.WithLabelValues("200").Add(3)
	requests.WithLabelValues("500").Add(0)
	temperature := prometheus.NewGauge(prometheus.GaugeOpts{Name: "client_temperature", Help: "Degrees."})
	temperature.Set(36.6)
	odd := prometheus.NewGaugeVec(
		prometheus.GaugeOpts{Name: "client_odd", Help: `A \ and "quotes".`}, []string{"text"})
	odd.WithLabelValues("C:\\dir \"x\",\n}").Set(-1.5e-7)
	size := prometheus.NewSummary(prometheus.SummaryOpts{
		Name: "client_size_bytes", Help: "Sizes.", Objectives: map[float64]float64{0.5: 0.05}})
	size.Observe(200)
	size.Observe(200)
	seconds := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "client_seconds", Help: "Durations.", Buckets: []float64{0.25, 1}})
	native := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "client_native_seconds", Help: "Durations.", NativeHistogramBucketFactor: 2})
	for _, value := range []float64{0.125, 0.5, 8} {
		seconds.Observe(value)
		native.Observe(value)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(requests, temperature, odd, size, seconds, native)
	return registry
}

func gauge() *prometheus.Registry {
	temperature := prometheus.NewGauge(prometheus.GaugeOpts{Name: "client_temperature", Help: "Degrees."})
	temperature.Set(40)
	registry := prometheus.NewRegistry()
	registry.MustRegister(temperature)
	return registry
}
