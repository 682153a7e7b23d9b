package bus

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// pulled is a delivery of a consumer.
type pulled struct {
	*nats.Msg
	nc       *nats.Conn
	answered atomic.Bool
}

// What settles most deliveries: not to be changed.
var (
	acked      = []byte("+ACK")
	inProgress = []byte("+WPI")
)

// Ack says that the event was handled.
func (p *pulled) Ack() error { return p.settle(acked) }

// Nak gives the event back, to be delivered to any replica at once.
func (p *pulled) Nak() error { return p.settle([]byte("-NAK")) }

// NakWithDelay is Nak, to be delivered after the delay.
func (p *pulled) NakWithDelay(d time.Duration) error {
	return p.settle([]byte(`-NAK {"delay": ` + strconv.FormatInt(d.Nanoseconds(), 10) + `}`))
}

// TermWithReason says that the event must not be delivered again.
func (p *pulled) TermWithReason(reason string) error { return p.settle([]byte("+TERM " + reason)) }

// InProgress says that the event is being handled. Once that is settled it does nothing.
func (p *pulled) InProgress() error {
	if p.answered.Load() {
		return nil
	}
	return p.nc.Publish(p.Reply, inProgress)
}

func (p *pulled) settle(how []byte) error {
	if p.answered.Swap(true) {
		return jetstream.ErrMsgAlreadyAckd
	}
	return p.nc.Publish(p.Reply, how)
}

// errPullOver means that a pull ended as it should.
var errPullOver = errors.New("no more deliveries for now")

// statusOf distinguishes events from what the server reports on a pull: end is nil
// while the pull goes on, or how it ended.
func statusOf(msg *nats.Msg) (event bool, end error) {
	status := msg.Header.Get("Status")
	if status == "" || len(msg.Data) > 0 {
		return true, nil
	}
	switch status {
	case "100": // a sign of life
		return false, nil
	case "404", "408": // nothing there, time over
		return false, errPullOver
	case "503":
		return false, nats.ErrNoResponders
	}
	why := msg.Header.Get("Description")
	for _, end := range []struct {
		words string
		err   error
	}{{"consumer deleted", jetstream.ErrConsumerDeleted}, {"leadership change", jetstream.ErrConsumerLeadershipChanged}, {"server shutdown", jetstream.ErrServerShutdown}} {
		if strings.Contains(strings.ToLower(why), end.words) {
			return false, end.err
		}
	}
	return false, fmt.Errorf("NATS ended the pull: %s %s", status, why)
}
