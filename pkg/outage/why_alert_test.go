package outage_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/parley-chat/parley/pkg/outage"
)

func TestAnEndedTLSHandshakeIsSaidWithItsReason(t *testing.T) {
	err := fmt.Errorf("nats: %w", errors.New("remote error: tls: certificate required"))
	if got := outage.Why(err); got != "it ended the TLS handshake: certificate required" {
		t.Errorf("got %q", got)
	}
}
