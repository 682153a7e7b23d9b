package system_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// tokenKey is that of all regions: a token of one opens its chat in each.
const tokenKey = "the key of all regions, 32 characters or more"

// oneWay is how long a byte takes from one region to the other.
const oneWay = 20 * time.Millisecond

// regions are those of a gateway of this system.
func (s *system) regions(conn *bus.Conn) *bus.Regions {
	var others []bus.Options
	for name, link := range s.others {
		others = append(others, bus.Options{Name: "gateway", Region: name, InProcess: link, Replicas: 1, Log: s.log})
	}
	return bus.NewRegions(conn, s.first, others...)
}

// twoRegions returns two systems whose gateways reach the other one.
func twoRegions(t *testing.T) (eu, ap *system) {
	t.Helper()
	eu, ap = newSystem(t), newSystem(t)
	for s, name := range map[*system]chat.Region{eu: "eu", ap: "ap"} {
		s.region, s.first = name, "eu"
		s.connect = func(role string) *bus.Conn {
			return s.nats.ConnectWith(bus.Options{Name: role, Region: name, Log: s.log})
		}
	}
	eu.others = map[chat.Region]*bustest.Link{"ap": bustest.NewLink(t, ap.nats, oneWay)}
	ap.others = map[chat.Region]*bustest.Link{"eu": bustest.NewLink(t, eu.nats, oneWay)}
	return eu, ap
}

// A visitor who moves to another region, and an agent anywhere, have the same chat in the
// same order, and the bot at home answers.
func TestAGatewayInAnyRegionServesAnyChat(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	geu, gap := eu.whole(), ap.whole()
	ada := talktest.Dial(t, geu.url)
	met := ada.Hello("Ada", talk.Secret(), 0)
	if !strings.HasSuffix(met.Chat, "eu") || len(met.Chat) != 18 {
		t.Fatalf("met in eu, and the chat is %s", met.Chat)
	}
	first := ada.Say("m1", "from eu")
	ada.Event("reply", "You said: from eu")

	moved := talktest.Dial(t, gap.url)
	moved.Do("t", "hello", "name", "Ada", "token", met.Token, "since", first, "about", map[string]any{"page": "https://shop.example/"}) // again until the chat's home is reached
	second := moved.Say("m2", "from ap")
	moved.Event("reply", "You said: from ap")
	ada.Event("message", "from ap")
	ada.Event("reply", "You said: from ap")
	if again := moved.Say("m2", "from ap"); again != second {
		t.Errorf("sent again from ap it is %d, not %d", again, second)
	}

	agent := talktest.Console(t, gap.url, "admin", adminPassword)
	presence, err := bus.OpenBucket[desk.Presence](t.Context(), geu.conn, bus.PresenceBucket)
	if err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the agent in ap to be online in eu", func() bool {
		who, _, err := presence.Get(t.Context(), "admin")
		return err == nil && who.User == "admin"
	})
	agent.Do("t", "open", "id", "o1", "chat", met.Chat)
	agent.Do("t", "step_in", "id", "s1", "chat", met.Chat)
	agent.Do("t", "say", "id", "s2", "chat", met.Chat, "text", "from an agent in ap")
	ada.Event("say", "from an agent in ap")
	heard := moved.Event("say", "from an agent in ap")
	kept := func(bucket, key string) bool {
		b, err := bus.OpenBucket[json.RawMessage](t.Context(), geu.conn, bucket)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = b.Get(t.Context(), key)
		return err == nil
	}
	bustest.Eventually(t, "how far the visitor has read to be kept at home", func() bool {
		moved.Send("t", "read", "seq", heard.Seq) // ap may have opened the marks of eu only now
		return kept(bus.MarksBucket, met.Chat+".visitor")
	})
	bustest.Eventually(t, "what the page in ap says to be kept at home", func() bool {
		moved.Say(string(chat.NewID()), "again")
		return kept(bus.AboutBucket, met.Chat)
	})
	agent.Do("t", "return", "id", "s3", "chat", met.Chat)

	older := moved.Do("t", "page", "id", "p1", "before", first+1, "limit", 10)
	if len(older.Events) != 1 || older.Events[0].Seq != first {
		t.Errorf("the page before it: %+v", older.Events)
	}
	if last, err := ap.nats.ConnectWith(bus.Options{Name: "look", Region: "ap", Log: ap.log}).LastInput(t.Context(), chat.ID(met.Chat)); err != nil || last != 0 {
		t.Errorf("ap has something of the chat: %d, %v", last, err)
	}
	agent.Do("t", "close", "id", "c1", "chat", met.Chat)
	moved.Do("t", "forget", "id", "f1", "token", met.Token)
	for _, url := range []string{geu.url, gap.url} {
		if no := talktest.Dial(t, url).Ask("t", "hello", "name", "Ada", "token", met.Token); no.Code != "bad_token" {
			t.Errorf("forgotten in ap, and its token gets %+v", no)
		}
	}
	for _, c := range []*talktest.Client{ada, moved, agent} {
		if faults := c.Faults(); len(faults) > 0 {
			t.Error(faults)
		}
	}
}

// While the link is cut both regions go on for the chats that are at home, and whoever is
// elsewhere is told when to try again. Nothing that is sent again then is lost, or there twice.
func TestACutBetweenRegionsCostsTimeAndNothingElse(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	geu, gap := eu.whole(), ap.whole()
	ada := talktest.Dial(t, geu.url)
	met := ada.Hello("Ada", talk.Secret(), 0)
	moved := talktest.Dial(t, gap.url)
	moved.Hello("Ada", met.Token, 0)
	moved.Say("m1", "before the cut")
	moved.Event("reply", "You said: before the cut")

	ap.others["eu"].Break()
	eu.others["ap"].Break()
	bustest.Eventually(t, "a visitor from elsewhere to be told to come again", func() bool {
		no := moved.Ask("t", "send", "id", "m2", "text", "in the cut")
		return no.Later("unavailable") && strings.Contains(no.Message, "another region")
	})
	ada.Say("m3", "at home in the cut")
	ada.Event("reply", "You said: at home in the cut")
	bob := talktest.Dial(t, gap.url)
	if fresh := bob.Hello("Bob", talk.Secret(), 0); !strings.HasSuffix(fresh.Chat, "ap") {
		t.Errorf("met in ap in the cut, and the chat is %s", fresh.Chat)
	}
	bob.Say("m1", "in ap")
	bob.Event("reply", "You said: in ap")
	if no := talktest.Dial(t, gap.url).Ask("t", "hello", "name", "Ada", "token", met.Token); !no.Later("unavailable") {
		t.Errorf("hello from elsewhere in the cut: %+v", no)
	}

	ap.others["eu"].Mend()
	eu.others["ap"].Mend()
	moved.Say("m2", "in the cut") // under the id that was refused
	moved.Event("reply", "You said: in the cut")
	moved.Event("reply", "You said: at home in the cut") // what it missed
	var words []string
	for _, f := range moved.Seen() {
		if f.Kind == "message" {
			words = append(words, f.Text)
		}
	}
	if want := []string{"before the cut", "at home in the cut", "in the cut"}; !slices.Equal(words, want) {
		t.Errorf("seen: %q, want %q", words, want)
	}
	if faults := append(ada.Faults(), moved.Faults()...); len(faults) > 0 {
		t.Error(faults)
	}
}

// A lost route closes nothing: until it is noticed, whoever comes from elsewhere waits. They
// wait for each other, and not those who are at home.
func TestWhoWaitsForARegionThatHangsKeepsNobodyWaitingAtHome(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	geu, gap := eu.whole(), ap.whole()
	met := talktest.Dial(t, geu.url).Hello("Ada", talk.Secret(), 0)
	talktest.Dial(t, gap.url).Do("t", "hello", "name", "Ada", "token", met.Token) // again until her chat's home is reached
	ap.others["eu"].Silence()
	for range 3 * 32 { // three times what a gateway reads at once
		talktest.Dial(t, gap.url).Send("t", "hello", "name", "Ada", "token", met.Token)
	}
	if at := talktest.Dial(t, gap.url).Ask("t", "hello", "name", "Bob", "token", talk.Secret()); at.T != "welcome" {
		t.Errorf("at home, while others wait for a region that hangs: %+v", at)
	}
	ap.others["eu"].Mend()
}

// The consoles of a region list the chats of all, and say which region they can't see. An agent
// takes a chat wherever it waits, and keeps it: its home knows that they are online.
func TestAConsoleShowsTheDeskOfAllRegions(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	geu, gap := eu.whole(), ap.whole()
	ada, bob, moved := talktest.Dial(t, geu.url), talktest.Dial(t, gap.url), talktest.Dial(t, gap.url)
	met := ada.Hello("Ada", talk.Secret(), 0)
	inEU, inAP := met.Chat, bob.Hello("Bob", talk.Secret(), 0).Chat
	moved.Hello("Ada", met.Token, 0)
	agent := talktest.Console(t, gap.url, "admin", adminPassword)
	agent.Find("a welcome", func(f talk.Frame) bool { return f.T == "welcome" }) // what waits by then is in it
	for c, id := range map[*talktest.Client]string{ada: inEU, bob: inAP} {
		c.Say("m1", "hand over")
		agent.Find("the desk to list "+id, func(f talk.Frame) bool {
			return f.T == "desk" && f.Set != nil && f.Set.Chat == id && f.Set.Status == "waiting"
		})
		c.Find("the place in its own region's line", func(f talk.Frame) bool { return f.T == "signal" && f.What == "queue" && f.Place == 1 })
	}
	moved.Find("the place in the line at home, for who has moved", func(f talk.Frame) bool { return f.T == "signal" && f.What == "queue" && f.Place == 1 })
	bustest.Eventually(t, "the list of all chats to have both", func() bool {
		return len(agent.Do("t", "chats", "id", string(chat.NewID()), "limit", 10).Chats) == 2
	})
	agent.Do("t", "take", "id", "t1", "chat", inEU)
	agent.Find("the desk to list it as taken", func(f talk.Frame) bool {
		return f.T == "desk" && f.Set != nil && f.Set.Chat == inEU && f.Set.Status == "live"
	})

	presence, err := bus.OpenBucket[desk.Presence](t.Context(), gap.conn, bus.PresenceBucket)
	if err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "ap to know that its agent has a chat in eu", func() bool {
		who, _, err := presence.Get(t.Context(), "admin")
		return err == nil && who.Elsewhere == 1
	})
	away := func(regions ...string) func(talk.Frame) bool {
		return func(f talk.Frame) bool { return f.T == "regions" && slices.Equal(f.Away, regions) }
	}
	agent.Find("all regions to be reached", func(f talk.Frame) bool {
		return (f.T == "welcome" || f.T == "regions") && len(f.Away) == 0
	})
	agent.Forget()
	ap.others["eu"].Break()
	agent.Find("the region that can't be reached", away("eu"))
	if first := talktest.Console(t, gap.url, "admin", adminPassword).Find("a welcome", func(f talk.Frame) bool { return f.T == "welcome" }); !slices.Equal(first.Away, []string{"eu"}) || len(first.Desk) != 2 {
		t.Errorf("in the cut a console is welcomed with %v away and %d chats", first.Away, len(first.Desk))
	}
	agent.Do("t", "take", "id", "t2", "chat", inAP)
	agent.Forget()
	ap.others["eu"].Mend()
	agent.Find("the region to be reached again", away())
	agent.Do("t", "return", "id", "t3", "chat", inEU)
	agent.Find("the desk to drop it", func(f talk.Frame) bool { return f.T == "desk" && f.Gone == inEU })
}

// Visitors whose connections end come back at a gateway of the other region, over and over,
// while the link is cut and a gateway is replaced.
func TestVisitorsWhoMoveBetweenRegionsSeeOneOrder(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	geu, gap := eu.whole(), ap.whole()
	var mu sync.Mutex
	urls := []string{geu.url, gap.url}
	gateways := func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(urls) }
	visitors := talk.Crowd(8, "visitor", gateways)
	// goesOn waits until so many more messages have been acknowledged.
	goesOn := func(messages int) {
		acked := func() (n int) {
			for _, v := range visitors {
				n += len(v.Acks())
			}
			return n
		}
		want := acked() + messages
		bustest.Eventually(t, "the chats to go on", func() bool { return acked() >= want })
	}
	figures, err := talk.While(t.Context(), bustest.Patience, visitors, func(context.Context) error {
		goesOn(2 * len(visitors))
		for i, old := range []*replica{gap, geu} {
			s, other := ap, eu
			if i == 1 {
				s, other = eu, ap
			}
			next := s.gateway()
			mu.Lock()
			urls[1-i] = next.url
			mu.Unlock()
			old.stop()
			goesOn(2 * len(visitors))
			s.others[other.region].Break()
			goesOn(len(visitors)) // those who are at home where they are
			s.others[other.region].Mend()
			goesOn(2 * len(visitors))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	homes := map[string]int{}
	for _, v := range visitors {
		if faults := v.Faults(); len(faults) > 0 {
			t.Errorf("%s: %v", v.Name, faults)
		}
		homes[v.Chat()[16:]]++
	}
	t.Log(figures, fmt.Sprint(homes))
	if len(homes) != 2 {
		t.Errorf("the chats are at home in %v", homes)
	}
}
