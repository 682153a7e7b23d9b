package system_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// comes connects a visitor from an address, or returns nil if the gateway refuses.
func comes(t *testing.T, url, from string) *talk.Client {
	t.Helper()
	socket, err := talk.Dial(t.Context(), url, http.Header{"X-Forwarded-For": {from}})
	var refused *talk.RefusedError
	switch {
	case errors.As(err, &refused):
		return nil
	case err != nil:
		t.Fatal(err)
	}
	client := talk.Listen(socket)
	t.Cleanup(client.Close)
	return client
}

// hello says hello and waits for the welcome.
func hello(t *testing.T, c *talk.Client, name string) {
	t.Helper()
	helloAgain(t, c, name, talk.Secret())
}

func helloAgain(t *testing.T, c *talk.Client, name, secret string) {
	t.Helper()
	f, err := c.Ask(t.Context(), map[string]any{"t": "hello", "name": name, "token": secret})
	if err != nil || f.T != "welcome" {
		t.Fatalf("hello of %s: %+v, %v", name, f, err)
	}
}

// Four addresses hold all the seats of a gateway. Who comes from elsewhere gets in at
// once; those who write, or wait for a person, keep their seats; who loses one reads why,
// by a code that keeps a page from coming back at once. Agents have seats of their own.
func TestFourAddressesThatSitDoNotCloseTheDoor(t *testing.T) {
	for _, sitting := range []string{"without a hello", "after a hello"} {
		t.Run(sitting, func(t *testing.T) {
			s := newSystem(t)
			s.history()
			s.escalation(escalation.Options{})
			s.bot(echo{})
			g := s.gateway(func(o *gateway.Options) {
				o.MaxConnections, o.TrustedProxies = 32, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
			})
			// Both share an address with a part of the crowd. Bo waits for a person on a
			// connection on which nothing was written.
			writes, waits, secret := comes(t, g.url, "198.51.1.1"), comes(t, g.url, "198.51.0.1"), talk.Secret()
			hello(t, writes, "Ada")
			helloAgain(t, waits, "Bo", secret)
			say := func(id string) {
				t.Helper()
				if f, err := writes.Do(t.Context(), map[string]any{"t": "send", "id": id, "text": "hello"}); err != nil || f.T != "ack" {
					t.Fatalf("a message of who was here first: %+v, %v", f, err)
				}
			}
			say("m1")
			if f, err := waits.Do(t.Context(), map[string]any{"t": "escalate", "id": "e1"}); err != nil || f.T != "ack" {
				t.Fatalf("%+v, %v", f, err)
			}
			if _, err := waits.Await(t.Context(), "the line", func(f talk.Frame) bool { return f.Status == "waiting" }); err != nil {
				t.Fatal(err)
			}
			waits.Close()
			waits = comes(t, g.url, "198.51.0.1")
			helloAgain(t, waits, "Bo", secret)
			var crowd []*talk.Client
			for i := range 32 {
				c := comes(t, g.url, fmt.Sprintf("198.51.%d.1", i/8))
				if c == nil {
					t.Fatalf("seat %d is not given", i)
				}
				if sitting == "after a hello" {
					hello(t, c, fmt.Sprint("sits ", i))
				}
				crowd = append(crowd, c)
			}
			for i := range 20 {
				c := comes(t, g.url, fmt.Sprintf("203.0.%d.1", i))
				if c == nil {
					t.Fatalf("newcomer %d does not get in", i)
				}
				hello(t, c, fmt.Sprint("comes ", i))
			}
			say("m2")
			if f, err := waits.Do(t.Context(), map[string]any{"t": "cancel", "id": "c1"}); err != nil || f.T != "ack" {
				t.Errorf("who waits for a person: %+v, %v", f, err)
			}
			bustest.Eventually(t, "as many to have left as came", func() bool { return replaced(t, crowd) == 22 })
			header := talktest.Login(t, g.url, "admin", adminPassword)
			for range 3 {
				talktest.DialConsole(t, g.url, header).Find("a welcome", func(f talk.Frame) bool { return f.T == "welcome" })
			}
		})
	}
}

// An address holds a quarter of the seats. Beyond that it takes from itself only.
func TestAnAddressTakesNoMoreThanAQuarter(t *testing.T) {
	s := newSystem(t)
	s.history()
	g := s.gateway(func(o *gateway.Options) {
		o.MaxConnections, o.TrustedProxies = 32, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	})
	other := comes(t, g.url, "192.0.2.1")
	hello(t, other, "Ada")
	var crowd []*talk.Client
	for range 12 {
		c := comes(t, g.url, "2001:db8::1")
		if c == nil {
			t.Fatal("an address that is full does not get in")
		}
		crowd = append(crowd, c)
	}
	// Which four is not said here: a seat can be taken once its handler says so, and that
	// may be after the client has read that it is connected.
	bustest.Eventually(t, "as many to have left as came beyond a quarter", func() bool { return replaced(t, crowd) == 4 })
	if other.Ended() != nil {
		t.Errorf("a seat of another address was taken away: %v", other.Ended())
	}
}

// replaced returns how many of the clients lost their seats to others. No other end is
// right.
func replaced(t *testing.T, crowd []*talk.Client) (lost int) {
	t.Helper()
	for _, c := range crowd {
		if err := c.Ended(); err != nil {
			if code := talk.CloseCode(err); code != conn.Replaced.Code {
				t.Fatalf("a seat was taken away with %v", err)
			}
			lost++
		}
	}
	return lost
}
