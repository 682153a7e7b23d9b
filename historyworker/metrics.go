package historyworker

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/parley-chat/parley/pkg/telemetry"
)

// metrics of a history worker.
type metrics struct {
	puts   *prometheus.HistogramVec
	events prometheus.Counter
	sizes  prometheus.Histogram
	purged prometheus.Counter

	files, fileBytes, filesMissing prometheus.Counter
	filesSwept                     *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) *metrics {
	f := promauto.With(r)
	m := &metrics{
		puts: f.NewHistogramVec(prometheus.HistogramOpts{
			Name: "parley_history_put_seconds", Help: "How long the store took for a batch, by result: ok or failed. A failed batch is retried.", Buckets: telemetry.Latencies(),
		}, []string{"result"}),
		events: f.NewCounter(prometheus.CounterOpts{Name: "parley_history_events_total", Help: "Events that the store accepted. A repeated write counts again."}),
		sizes: f.NewHistogram(prometheus.HistogramOpts{
			Name: "parley_history_batch_events", Help: "Events in a batch.", Buckets: []float64{1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000},
		}),
		purged: f.NewCounter(prometheus.CounterOpts{Name: "parley_history_purged_total", Help: "Old events that are stored and were removed from the streams."}),

		files:        f.NewCounter(prometheus.CounterOpts{Name: "parley_history_files_total", Help: "Files, and small pictures, that were brought into the file store."}),
		fileBytes:    f.NewCounter(prometheus.CounterOpts{Name: "parley_history_file_bytes_total", Help: "Bytes of files that were brought into the file store."}),
		filesMissing: f.NewCounter(prometheus.CounterOpts{Name: "parley_history_files_missing_total", Help: "Files that a message names and that were neither in FILES nor in the file store. Each is lost."}),
		filesSwept: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_history_files_swept_total", Help: "Files removed from FILES because no message names them, by what: unnamed, or incomplete where the upload was not completed.",
		}, []string{"what"}),
	}
	for _, what := range []string{"unnamed", "incomplete"} {
		m.filesSwept.WithLabelValues(what)
	}
	for _, result := range []string{"ok", "failed"} {
		m.puts.WithLabelValues(result)
	}
	return m
}

func (m *metrics) wrote(events int, began time.Time, err error) {
	m.sizes.Observe(float64(events))
	if err != nil {
		m.puts.WithLabelValues("failed").Observe(time.Since(began).Seconds())
		return
	}
	m.puts.WithLabelValues("ok").Observe(time.Since(began).Seconds())
	m.events.Add(float64(events))
}

func (m *metrics) moved(size int64) {
	m.files.Inc()
	m.fileBytes.Add(float64(size))
}
