package bus

import (
	"crypto/tls"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
)

// certificate tells until when the certificate is good that the NATS server showed
// when this process connected to it; nothing where the connection is not by TLS.
type certificate struct {
	mu    sync.Mutex // guards what follows
	until time.Time  // zero: none was seen
}

// watch is an option of a connection that has each handshake seen.
func (c *certificate) watch(o *nats.Options) error {
	if o.TLSConfig == nil {
		o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	o.TLSConfig.VerifyConnection = func(state tls.ConnectionState) error { c.seen(state); return nil }
	return nil
}

func (c *certificate) seen(state tls.ConnectionState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = goodUntil(state)
}

var certificateExpiry = prometheus.NewDesc("parley_bus_certificate_expiry_timestamp_seconds",
	"When the certificate of the NATS server, or one that vouches for it, expires, as it was at the last connect; absent without TLS.", nil, nil)

// Describe implements prometheus.Collector.
func (c *certificate) Describe(out chan<- *prometheus.Desc) { out <- certificateExpiry }

// Collect implements prometheus.Collector.
func (c *certificate) Collect(out chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.until.IsZero() { // also while NATS is away, perhaps for this very reason
		out <- prometheus.MustNewConstMetric(certificateExpiry, prometheus.GaugeValue, float64(c.until.Unix()))
	}
}

// goodUntil is when the first certificate expires of the chain that lasts longest;
// of what the server showed where nobody verified it.
func goodUntil(state tls.ConnectionState) time.Time {
	chains := state.VerifiedChains
	if len(chains) == 0 {
		chains = append(chains, state.PeerCertificates)
	}
	var until time.Time
	for _, chain := range chains {
		var first time.Time
		for _, cert := range chain {
			if first.IsZero() || cert.NotAfter.Before(first) {
				first = cert.NotAfter
			}
		}
		if first.After(until) {
			until = first
		}
	}
	return until
}
