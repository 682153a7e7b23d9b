package bus

import (
	"crypto/tls"
	"time"

	"github.com/nats-io/nats.go"
)

// certified is an option of a connection: each TLS handshake sets the metric of when
// the server's certificate expires. It keeps its value while NATS is down, perhaps for
// this very reason. (To ask nats.go for the state later is a data race in there.)
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

// goodUntil returns when the chain that lasts longest expires: with the first of its
// certificates.
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
