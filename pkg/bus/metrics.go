package bus

import (
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/telemetry"
)

// metrics of a connection: what this process does on the bus. Labels are names of
// consumers and calls, and words of this package.
type metrics struct {
	appends      *prometheus.HistogramVec
	failed       *prometheus.CounterVec
	conflicts    *prometheus.CounterVec
	deliveries   *prometheus.CounterVec
	redeliveries *prometheus.CounterVec
	handling     *prometheus.HistogramVec
	dead         *prometheus.CounterVec
	calls        *prometheus.HistogramVec
	reconnects   prometheus.Counter
	audited      *prometheus.CounterVec
	certificate  *prometheus.GaugeVec // of no labels: nothing is shown before it is known
}

// newMetrics registers the metrics; with a nil r they work but are not exported.
func newMetrics(r prometheus.Registerer) *metrics {
	f := promauto.With(r)
	m := &metrics{
		appends: f.NewHistogramVec(prometheus.HistogramOpts{
			Name: "parley_bus_append_seconds", Help: "Time until the stream had stored an event, by the event's kind.", Buckets: telemetry.Latencies(),
		}, []string{"kind"}),
		failed: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_bus_append_failures_total", Help: "Events that were not, or not certainly, stored in time; conflicts are not included.",
		}, []string{"kind"}),
		conflicts: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_bus_conflicts_total", Help: "Guarded appends that were refused because somebody else wrote first. Each was decided again.",
		}, []string{"kind"}),
		deliveries: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_bus_deliveries_total", Help: "Deliveries that ended, by outcome: handled, later (not the event's fault, it is delivered again), failed (it is delivered again), given_up.",
		}, []string{"consumer", "result"}),
		redeliveries: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_bus_redeliveries_total", Help: "Deliveries of events that had been delivered before.",
		}, []string{"consumer"}),
		handling: f.NewHistogramVec(prometheus.HistogramOpts{
			Name: "parley_bus_handling_seconds", Help: "How long a handler worked on one delivery.", Buckets: telemetry.Waits(),
		}, []string{"consumer"}),
		dead: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_bus_dead_letters_total", Help: "Deliveries that this process gave up and recorded as dead letters.",
		}, []string{"consumer"}),
		calls: f.NewHistogramVec(prometheus.HistogramOpts{
			Name: "parley_bus_call_seconds", Help: "How long this process worked on calls of its services, by call and by result: ok, refused (to the caller), failed.", Buckets: telemetry.Latencies(),
		}, []string{"call", "result"}),
		audited: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_audit_lines_total", Help: "Lines of the audit log that this process wrote, by result: stored, or failed, and what they were about was refused.",
		}, []string{"result"}),
		reconnects: f.NewCounter(prometheus.CounterOpts{Name: "parley_bus_reconnects_total", Help: "How often this process lost its connection to NATS and reconnected."}),
		certificate: f.NewGaugeVec(prometheus.GaugeOpts{
			Name: "parley_bus_certificate_expiry_timestamp_seconds", Help: "When NATS' certificate chain expires, as of when this process last connected; absent without TLS.",
		}, nil),
	}
	for _, result := range []string{"stored", "failed"} {
		m.audited.WithLabelValues(result)
	}
	return m
}

// watchConnection registers the metric of whether there is a connection.
func watchConnection(r prometheus.Registerer, nc *nats.Conn) {
	telemetry.Register(r, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "parley_bus_connected", Help: "1 while this process is connected to NATS."}, func() float64 {
		if nc.IsConnected() {
			return 1
		}
		return 0
	}))
}

// deliveryMetrics are the metrics of a consumer's deliveries, found once for all of them.
type deliveryMetrics struct {
	settled     [terminate + 1]prometheus.Counter
	redelivered prometheus.Counter
}

func (m *metrics) deliveriesOf(consumer string) (d deliveryMetrics) {
	for o := range d.settled {
		d.settled[o] = m.deliveries.WithLabelValues(consumer, outcome(o).label())
	}
	d.redelivered = m.redeliveries.WithLabelValues(consumer)
	return d
}

// settledAs counts deliveries by what their handler's result means.
func (m *metrics) settledAs(consumer string, v outcome, n int) {
	m.deliveries.WithLabelValues(consumer, v.label()).Add(float64(n))
}

// received counts a delivery that had been delivered before.
func (m *metrics) received(consumer string, tries int) {
	if tries > 1 {
		m.redeliveries.WithLabelValues(consumer).Inc()
	}
}

func (m *metrics) handled(consumer string, began time.Time) {
	m.handling.WithLabelValues(consumer).Observe(time.Since(began).Seconds())
}

func (m *metrics) answered(call, result string, began time.Time) {
	m.calls.WithLabelValues(call, result).Observe(time.Since(began).Seconds())
}

// expect creates the metrics of a consumer, so that they are there, at zero, before
// anything happens: a rate over a series that appears with its first event misses that
// event.
func (m *metrics) expect(consumer string) {
	for _, v := range []outcome{ack, retry, retryCounted, terminate} {
		m.deliveries.WithLabelValues(consumer, v.label())
	}
	m.redeliveries.WithLabelValues(consumer)
	m.dead.WithLabelValues(consumer)
	m.handling.WithLabelValues(consumer)
	for _, kind := range chat.Kinds() {
		if kind.CarriesState() {
			m.conflicts.WithLabelValues(string(kind))
		}
	}
}
