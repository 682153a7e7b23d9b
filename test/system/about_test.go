package system_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// asks has an agent open a chat in a new console, and returns what is known of its visitor.
func asks(t *testing.T, url string, signedIn http.Header, chat string) *talk.About {
	t.Helper()
	a := talktest.DialConsole(t, url, signedIn)
	defer a.Close()
	a.Send("t", "open", "id", "o1", "chat", chat)
	return a.Find("the chat", func(f talk.Frame) bool { return f.T == "opened" }).About
}

// What a visitor's page says of itself is for agents. It is kept once something was said,
// follows the visitor to the next page, outlives a gateway, and goes when the visitor has
// the browser forgotten.
func TestAgentsReadWhereAVisitorCameFromAndNobodyElseDoes(t *testing.T) {
	s := newSystem(t)
	g := s.whole()
	hello := func(c *talktest.Client, token, page string) talk.Frame {
		t.Helper()
		c.Send("t", "hello", "name", "Ada", "token", token, "about", map[string]any{
			"page": page, "language": "de-AT", "zone": "Europe/Vienna", "device": "Firefox · Linux", "shoe": 42,
		})
		return c.Find("welcome", func(f talk.Frame) bool { return f.T == "welcome" })
	}
	ada := talktest.Dial(t, g.url)
	w := hello(ada, talk.Secret(), "https://shop.example/cart?session=secret")
	ada.Say("m1", "is this waterproof?")
	ada.Event("reply", "You said")
	grace := talktest.Login(t, g.url, "admin", adminPassword)
	want := talk.About{Page: "https://shop.example/cart", Language: "de-AT", Zone: "Europe/Vienna", Device: "Firefox · Linux", Visits: 1}
	knows := func(url, what string, want talk.About) {
		t.Helper()
		bustest.Eventually(t, what, func() bool {
			got := asks(t, url, grace, w.Chat)
			return got != nil && *got == want
		})
	}
	knows(g.url, "what the page said", want)
	console := talktest.DialConsole(t, g.url, grace)
	n := 0
	bustest.Eventually(t, "the list with the site", func() bool { // the chat may not be in the store yet
		n++
		list := console.Do("t", "chats", "id", fmt.Sprint("c", n)).Chats
		return len(list) == 1 && list[0].Site == "shop.example"
	})

	// On the next page, and with another gateway that knows nothing by itself.
	other := s.gateway()
	g.stop()
	ada = talktest.Dial(t, other.url)
	hello(ada, w.Token, "https://shop.example/checkout")
	grace = talktest.Login(t, other.url, "admin", adminPassword)
	want.Page = "https://shop.example/checkout"
	knows(other.url, "the page that the visitor went to", want)

	// Without a new connection: an open console hears of it, and it is kept, but not each of many.
	open := talktest.DialConsole(t, other.url, grace)
	open.Do("t", "open", "id", "o2", "chat", w.Chat)
	at := func(page string) func(talk.Frame) bool {
		return func(f talk.Frame) bool { return f.T == "signal" && f.What == "here" && f.Text == page }
	}
	for i := range 5 {
		ada.Send("t", "about", "about", map[string]any{"page": fmt.Sprintf("https://shop.example/%d?session=secret", i), "device": "Firefox · Linux"})
	}
	open.Find("the page that the visitor is on now", at("https://shop.example/0"))
	want = talk.About{Page: "https://shop.example/0", Device: "Firefox · Linux", Visits: 1}
	knows(other.url, "the page that the visitor is on now", want)
	ada.Say("m2", "and this one?")
	open.Event("message", "and this one?")
	if slices.ContainsFunc(open.Frames(), at("https://shop.example/1")) {
		t.Error("each of many pages is told")
	}

	// A page that says something else of itself, or nothing, is as welcome.
	thief := talktest.Dial(t, other.url)
	if f := thief.Try("t", "hello", "name", "Eve", "token", talk.Secret(), "about", "javascript:alert(1)"); f.T != "welcome" {
		t.Errorf("a page that talks nonsense: %+v", f)
	}
	for _, c := range []*talktest.Client{ada, thief} {
		for _, f := range c.Frames() {
			if f.About != nil || f.Site != "" {
				t.Errorf("a visitor reads %+v", f)
			}
		}
	}
	ada.Do("t", "forget", "id", "f1", "token", w.Token)
	if got := asks(t, other.url, grace, w.Chat); got != nil {
		t.Errorf("of a browser that was forgotten it is known: %+v", *got)
	}
}

// Agents learn whether a visitor is there, whichever gateway has the page, however many
// pages the visitor has, and visitors hear nothing of it.
func TestAgentsLearnWhetherAVisitorIsThere(t *testing.T) {
	s := newSystem(t)
	g := s.whole()
	other := s.gateway()
	hello := func(c *talktest.Client, token string) talk.Frame {
		t.Helper()
		c.Send("t", "hello", "name", "Ada", "token", token, "about", map[string]any{"language": "en"})
		return c.Find("welcome", func(f talk.Frame) bool { return f.T == "welcome" })
	}
	one, two := talktest.Dial(t, g.url), talktest.Dial(t, other.url)
	w := hello(one, talk.Secret())
	one.Say("m1", "hello")
	one.Event("reply", "You said")
	grace := talktest.Console(t, other.url, "admin", adminPassword)
	// heard is what she heard of it, in order.
	heard := func() (words []string) {
		for _, f := range grace.Frames() {
			if f.T == "signal" && (f.What == "who" || f.What == "here") {
				words = append(words, f.What)
			}
		}
		return words
	}
	hears := func(what string, want func(words []string) bool) {
		t.Helper()
		bustest.Eventually(t, what, func() bool { return want(heard()) })
	}
	grace.Send("t", "open", "id", "o1", "chat", w.Chat)
	hears("that somebody is there", func(words []string) bool { return slices.Contains(words, "here") })
	before := len(heard())
	hello(two, w.Token)
	hears("that another page came", func(words []string) bool { return slices.Contains(words[before:], "here") })
	one.Close()
	hears("that one page has gone, and another is there", func(words []string) bool {
		gone := slices.Index(words, "who")
		return gone >= 0 && slices.Contains(words[gone:], "here")
	})
	two.Close()
	hears("that both have gone", func(words []string) bool {
		return len(slices.DeleteFunc(words, func(word string) bool { return word == "here" })) >= 2
	})
	// Another agent asks, too, and nobody answers.
	ann := s.agent(g, "ann")
	ann.Send("t", "open", "id", "o1", "chat", w.Chat)
	hears("the other agent's question", func(words []string) bool {
		return len(slices.DeleteFunc(words, func(word string) bool { return word == "here" })) >= 3
	})
	if words := heard(); slices.Contains(words[len(words)-2:], "here") {
		t.Errorf("somebody says that a visitor is there who has gone: %q", words)
	}
	for _, c := range []*talktest.Client{one, two} {
		for _, f := range c.Frames() {
			if f.What == "who" || f.What == "here" {
				t.Errorf("a visitor hears %+v", f)
			}
		}
	}
}

// Whoever's pages say too much of their visitors learns it in the browser's console, and the
// visitor goes on: the chat, and the page that they are on.
func TestAPageThatClaimsTooMuchIsTold(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.bot(echo{})
	g := s.gateway(func(o *gateway.Options) { o.Shares.BytesPerAddress = 40_000 })
	ada := talktest.Dial(t, g.url)
	big := map[string]any{}
	for i := range 30 {
		big[fmt.Sprint("key", i)] = strings.Repeat("x", 200)
	}
	for i := range 3 {
		ada.Send("t", "hello", "name", "Ada", "about", map[string]any{"page": fmt.Sprintf("https://shop.example/%d", i), "attributes": big})
	}
	no := ada.Find("that it is too much", func(f talk.Frame) bool { return f.T == "error" })
	if no.Code != "rate_limited" || no.ID != "" || !strings.Contains(no.Message, "the attributes are left out") {
		t.Errorf("told %+v", no)
	}
	ada.Say("m1", "hello")
	ada.Event("reply", "You said: hello")
}
