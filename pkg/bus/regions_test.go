package bus_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// oneWay is how long a byte takes between the regions of these tests.
const oneWay = 5 * time.Millisecond

// regionsOf runs the regions of a process in eu, which reaches others by those links.
func regionsOf(t *testing.T, home *bus.Conn, others map[chat.Region]*bustest.Link) *bus.Regions {
	t.Helper()
	var list []bus.Options
	for name, link := range others {
		list = append(list, bus.Options{Name: "gateway", Region: name, InProcess: link, Replicas: 1, Log: zerolog.Nop()})
	}
	r := bus.NewRegions(home, "eu", list...)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = r.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	return r
}

func startIn(t *testing.T, region chat.Region) (*bustest.Server, *bus.Conn) {
	t.Helper()
	s := bustest.Start(t)
	return s, s.ConnectWith(bus.Options{Name: "gateway", Region: region, Log: zerolog.Nop()})
}

func there(t *testing.T, r *bus.Regions, id chat.ID) (c *bus.Conn) {
	t.Helper()
	bustest.Eventually(t, "the home of "+string(id), func() bool {
		var err error
		c, err = r.Of(id)
		return err == nil
	})
	return c
}

func say(t *testing.T, c *bus.Conn, id chat.ID, n string) (bus.Stored, error) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	return c.AppendIn(ctx, chat.Event{Chat: id, Kind: chat.Message, ID: n, From: chat.Speaker{Role: chat.RoleVisitor}, Text: "hello"}, nil)
}

func awayIn(err error, region chat.Region, why string) bool {
	away, is := errors.AsType[*bus.AwayError](err)
	return is && away.Region == region && errors.Is(err, bus.ErrUnavailable) && strings.Contains(err.Error(), why)
}

// A chat is stored and read at its home from wherever, and a region that is cut off goes on
// whole: nothing there knows of the other one.
func TestAChatIsAtHomeWhereverItIsReadFrom(t *testing.T) {
	t.Parallel()
	euServer, eu := startIn(t, "eu")
	apServer, ap := startIn(t, "ap")
	toAP, toEU := bustest.NewLink(t, apServer, oneWay), bustest.NewLink(t, euServer, oneWay)
	fromEU := regionsOf(t, eu, map[chat.Region]*bustest.Link{"ap": toAP})
	fromAP := regionsOf(t, ap, map[chat.Region]*bustest.Link{"eu": toEU})

	inEU, inAP, before := chat.NewIDAt("eu"), chat.NewIDAt("ap"), chat.NewID()
	for _, c := range []struct {
		id    chat.ID
		from  *bus.Regions
		local *bus.Conn
		home  bool
	}{{inEU, fromEU, eu, true}, {inAP, fromEU, ap, false}, {before, fromEU, eu, true}, {inEU, fromAP, eu, false}, {inAP, fromAP, ap, true}, {before, fromAP, eu, false}} {
		conn := there(t, c.from, c.id)
		if (conn == c.from.Home()) != c.home {
			t.Errorf("%s has another connection than its home's", c.id)
		}
		stored, err := say(t, conn, c.id, string(chat.NewID()))
		if err != nil {
			t.Fatal(err)
		}
		if last, err := c.local.LastInput(t.Context(), c.id); err != nil || last != stored.Seq {
			t.Errorf("%s was stored as %d, and its home has %d, %v", c.id, stored.Seq, last, err)
		}
	}
	for _, s := range []struct {
		conn *bus.Conn
		id   chat.ID
	}{{eu, inAP}, {ap, inEU}, {ap, before}} {
		if last, err := s.conn.LastInput(t.Context(), s.id); err != nil || last != 0 {
			t.Errorf("%s is elsewhere than at home, too: %d, %v", s.id, last, err)
		}
	}

	toAP.Break()
	toEU.Break()
	for _, r := range []struct {
		from       *bus.Regions
		home, away chat.ID
	}{{fromEU, inEU, inAP}, {fromAP, inAP, inEU}} {
		bustest.Eventually(t, "the cut to be noticed", func() bool {
			_, err := r.from.Of(r.away)
			return awayIn(err, r.away.Home(), "can't be reached")
		})
		conn, err := r.from.Of(r.home)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := say(t, conn, r.home, string(chat.NewID())); err != nil {
			t.Errorf("in the cut, at home: %v", err)
		}
	}
	toAP.Mend()
	toEU.Mend()
	for r, id := range map[*bus.Regions]chat.ID{fromEU: inAP, fromAP: inEU} {
		if _, err := say(t, there(t, r, id), id, string(chat.NewID())); err != nil {
			t.Errorf("after the cut: %v", err)
		}
	}
}

// A lost route closes nothing. It is noticed by the pings, and what is appended meanwhile
// fails or is stored once.
func TestASilentCutIsNoticed(t *testing.T) {
	t.Parallel()
	_, eu := startIn(t, "eu")
	apServer, ap := startIn(t, "ap")
	link := bustest.NewLink(t, apServer, oneWay)
	r := regionsOf(t, eu, map[chat.Region]*bustest.Link{"ap": link})
	id := chat.NewIDAt("ap")
	conn := there(t, r, id)
	link.Silence()
	if _, err := say(t, conn, id, "one"); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("appended through a link on which nothing passes: %v", err)
	}
	bustest.Eventually(t, "the cut to be noticed", func() bool { _, err := r.Of(id); return awayIn(err, "ap", "") })
	link.Mend()
	stored, err := say(t, there(t, r, id), id, "one")
	if err != nil {
		t.Fatal(err)
	}
	if events, err := ap.Inputs(t.Context(), id, 0, stored.Seq, 10); err != nil || len(events) != 1 {
		t.Errorf("%d events, %v", len(events), err)
	}
}

// A process starts while another region can't be reached, and has it once it can.
func TestAProcessStartsWithoutTheOtherRegions(t *testing.T) {
	t.Parallel()
	_, eu := startIn(t, "eu")
	apServer := bustest.Start(t) // nobody has begun there
	link := bustest.NewLink(t, apServer, oneWay)
	link.Break()
	r := regionsOf(t, eu, map[chat.Region]*bustest.Link{"ap": link})
	id := chat.NewIDAt("ap")
	if _, err := r.Of(id); !awayIn(err, "ap", "can't be reached") {
		t.Errorf("a region that can't be reached: %v", err)
	}
	if _, err := r.Of(chat.NewIDAt("zz")); !awayIn(err, "zz", "REGIONS does not name it") {
		t.Errorf("a region that does not exist: %v", err)
	}
	link.Mend()
	bustest.Eventually(t, "the empty region to be looked at", func() bool {
		_, err := r.Of(id)
		return awayIn(err, "ap", "there are no streams yet")
	})
	apServer.ConnectWith(bus.Options{Name: "gateway", Region: "ap", Log: zerolog.Nop()})
	if _, err := say(t, there(t, r, id), id, "one"); err != nil {
		t.Error(err)
	}
}

// A region is only taken for what its own streams say it is. Whoever runs it can mend that
// meanwhile, and the own region goes on.
func TestAnotherRegionMustBeWhatItIsCalled(t *testing.T) {
	t.Parallel()
	_, eu := startIn(t, "eu")
	for _, c := range []struct {
		is, named chat.Region
		why       string
	}{
		{"us", "ap", "REGIONS: the NATS server that it gives for ap is that of the region us."},
		{"eu", "ap", "REGIONS: the NATS server that it gives for ap is that of the region eu."},
		{"", "ap", "REGIONS: the NATS server that it gives for ap states no region; REGION=ap has to be set there."},
	} {
		server, _ := startIn(t, c.is)
		r := regionsOf(t, eu, map[chat.Region]*bustest.Link{c.named: bustest.NewLink(t, server, 0)})
		bustest.Eventually(t, c.why, func() bool {
			_, err := r.Of(chat.NewIDAt(c.named))
			return awayIn(err, c.named, c.why)
		})
		if own, err := r.Of(chat.NewIDAt("eu")); own != eu || err != nil {
			t.Errorf("at home: %v", err)
		}
		if c.is != "" {
			continue
		}
		server.ConnectWith(bus.Options{Name: "setup", Region: c.named, Log: zerolog.Nop()})
		there(t, r, chat.NewIDAt(c.named))
	}
}

func TestWithoutOtherRegionsAnIdWithAHomeIsForeign(t *testing.T) {
	t.Parallel()
	_, plain := startIn(t, "")
	_, eu := startIn(t, "eu")
	alone, named, many := bus.NewRegions(plain, ""), bus.NewRegions(eu, ""), bus.NewRegions(eu, "eu", bus.Options{Region: "ap"})
	for _, c := range []struct {
		of   *bus.Regions
		id   chat.ID
		want bool
	}{
		{alone, chat.NewID(), false}, {alone, chat.NewIDAt("eu"), true},
		{named, chat.NewID(), false}, {named, chat.NewIDAt("eu"), false}, {named, chat.NewIDAt("ap"), true},
		// One that is not known yet may be another gateway's by now.
		{many, chat.NewIDAt("us"), false},
	} {
		if got := c.of.Foreign(c.id); got != c.want {
			t.Errorf("%s: %t", c.id, got)
		}
	}
}
