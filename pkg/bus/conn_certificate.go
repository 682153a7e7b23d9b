package bus

import (
	"crypto/tls"
	"time"

	"github.com/nats-io/nats.go"
)

// certified is an option of a connection: each handshake shows until when the
// server's certificate is good. That stays shown while NATS is away, perhaps for this
// very reason. (To ask the client for it later is a race in there.)
func (m *metrics) certified(o *nats.Options) error {
	if o.TLSConfig == nil {
		o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	o.TLSConfig.VerifyConnection = func(state tls.ConnectionState) error {
		m.certificate.WithLabelValues().Set(float64(goodUntil(state).Unix()))
		return nil
	}
	return nil
}

// goodUntil is when the first certificate expires of the chain that lasts longest.
func goodUntil(state tls.ConnectionState) (until time.Time) {
	for _, chain := range state.VerifiedChains {
		first := chain[0].NotAfter
		for _, cert := range chain {
			if cert.NotAfter.Before(first) {
				first = cert.NotAfter
			}
		}
		if first.After(until) {
			until = first
		}
	}
	return until
}
