package knowledge

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Register registers the folder's metrics, once; with nil, nothing.
func (f *Folder) Register(r prometheus.Registerer) {
	make := promauto.With(r)
	gauge := func(name, help string, value func() float64) {
		make.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	gauge("parley_bot_pages", "Pages that the bot answers from.", func() float64 { return float64(f.Current().Pages()) })
	gauge("parley_bot_passages", "Passages of these pages, each of which may be an answer.", func() float64 { return float64(f.Current().Passages()) })
	gauge("parley_bot_pages_read_timestamp_seconds", "When these pages were read, in seconds since 1970.", func() float64 { return float64(f.ReadAt().UnixMilli()) / 1000 })
	gauge("parley_bot_pages_refused", "Whether the folder of pages has changed since and can't be used as it is now: 1 or 0.", func() float64 {
		if f.Refused() {
			return 1
		}
		return 0
	})
}
