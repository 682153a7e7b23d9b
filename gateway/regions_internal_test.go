package gateway

import (
	"errors"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// inRegion returns a gateway there that knows of eu, the first region, and of ap, and reaches neither.
func inRegion(t *testing.T, own chat.Region) *Gateway {
	t.Helper()
	conn := bustest.Start(t).ConnectWith(bus.Options{Name: "gateway", Region: own, Log: zerolog.Nop()})
	var others []bus.Options
	for _, name := range []chat.Region{"eu", "ap"} {
		if name != own {
			others = append(others, bus.Options{Name: "gateway", Region: name, Replicas: 1, Log: zerolog.Nop()})
		}
	}
	return &Gateway{conn: conn, regions: bus.NewRegions(conn, "eu", others...), log: zerolog.Nop()}
}

// A region copies its keys from the first one, which copies none: so the advice names the other.
func TestTheAdviceAboutKeysNamesTheRegionThatIsNotTheFirst(t *testing.T) {
	for _, c := range []struct {
		own, other chat.Region
		in         string
	}{{"eu", "ap", "in ap and"}, {"ap", "eu", "in ap and"}, {"us", "ap", "in us and in ap and"}} {
		if got := inRegion(t, c.own).alikeAgain(c.other); !strings.Contains(got, c.in) || !strings.Contains(got, "those of eu") {
			t.Errorf("in %s, about %s: %s", c.own, c.other, got)
		}
	}
}

// What a region waits for that has not begun is the first one, not NATS.
func TestARegionSaysThatItWaitsForTheFirst(t *testing.T) {
	err := inRegion(t, "ap").begin(t.Context())
	if _, is := errors.AsType[*firstError](err); !is || !errors.Is(err, bus.ErrUnavailable) || !strings.Contains(err.Error(), "of the region eu") {
		t.Errorf("%v", err)
	}
	if err := inRegion(t, "eu").begin(t.Context()); err != nil {
		t.Errorf("the first one: %v", err)
	}
}
