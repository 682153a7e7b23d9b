package workload

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/agent"
)

// deed is what a visitor does in a step.
type deed int

const (
	says       deed = iota // texts, in a burst
	opensTab               // another tab
	escalates              // requests a person, and stays until that is over
	closesChat             // and writes again some time later
	rates
	leaves  // an address
	renames // says what to be called
	presses // a choice of a reply, if one was offered
	pages   // requests older events
	sleeps  // vanishes for longer than the stream remembers ids, with messages on the way
)

// wait is what a visitor waits for after a burst.
type wait int

const (
	forNothing wait = iota
	forAck
	forReply
)

// loss is what happens to the connection right after a burst was written.
type loss int

const (
	none loss = iota
	drops
	vanishes
	reads // slowly
	switches
)

// step is one thing that a visitor does. All of it is decided beforehand.
type step struct {
	do    deed
	tab   int
	texts []string
	wait  wait
	loss  loss
	lasts time.Duration // of a loss
	page  bool          // is requested with the next acknowledgment
	think float64       // how long until the next step, in the visitor's mean time
	how   string        // of escalates: button, escalate, /escalate, words
	name  string        // of renames
	email string        // of leaves, and of escalates, if one is left while waiting
	says  int           // of escalates: how many messages the person gets at most
	stays bool          // of escalates: waits for the person; otherwise cancels
}

// plan is a visitor's life.
type plan struct {
	name     string
	team     string // what the page calls the team that it is for
	secret   uint64 // of its random sources
	careless []bool // by tab
	hasty    bool   // the first tab
	steps    []step
}

// names are visitors' names; a number makes them different.
var names = [...]string{"Ada %s", "Zoë %s", "訪客 %s", "Άννα-%s", "O'Neil <b>%s</b>", "עדה %s", "chat.*.> %s", "%s"}

// teams are what pages call the team that they are for: some that are there, one that comes and
// goes, and one that never was.
var teams = [...]string{agent.ByHand, agent.Given, " billing ", agent.Passing, agent.Passing, "Nobody's"}

// texts are what visitors write: questions, and strings that break programs.
var texts = [...]string{
	"How do I put the chat on my own site?",
	"Where are the chats kept, and for how long?",
	"What happens when a worker dies? %s %d {{.}} ${x}",
	"Is there a limit for the length of a message? <b>no</b> <script>alert(1)</script>",
	"👩‍👩‍👧‍👦 e\u0301 \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627, what does this show?",
	"chat.*.> and live.> are wildcards; which subjects are there?",
	"[click](javascript:alert(1)) `code` **bold** \"quotes\" \\ back",
	"line one\nline two\n\tline three, how are settings read?",
	"escalate? no, I only ask what that is",
	`{"t":"send","id":"m1","text":"a frame in a frame"}`,
	"'; DROP TABLE events; -- $where {\"$gt\":\"\"}",
	"\u202eright to left\u202c and \u200binvisible\u200b and \ufeff",
	"from a \x1b[31mterminal\x1b[0m\vand a slide",
}

// words make the bot request a person by itself.
const words = "I want to talk to a human being, please."

// longest is how many characters a message may have.
const longest = 4000

// makePlan decides a visitor's life. The same options and number give the same one.
func makePlan(o Options, number int, run string) plan {
	r := rand.New(rand.NewPCG(o.Seed, uint64(number)))
	id := fmt.Sprintf("%d of %s", number, run)
	p := plan{name: fmt.Sprintf(names[r.IntN(len(names))], id), secret: r.Uint64()}
	if o.Teams && r.IntN(3) > 0 {
		p.team = teams[r.IntN(len(teams))]
	}
	tabs := [...]int{1, 1, 1, 1, 1, 1, 2, 2, 2, 3}[r.IntN(10)]
	for range tabs {
		p.careless = append(p.careless, r.IntN(6) == 0)
	}
	messages := 20 + r.IntN(181)
	escalation, second := -1, -1 // before which message
	if r.IntN(6) == 0 && o.Persons == 0 {
		escalation = r.IntN(messages)
		if r.IntN(4) == 0 {
			second = r.IntN(messages)
		}
	}
	sleep := -1
	switch {
	case o.Sleepers > 0 && r.Float64() < o.Sleepers:
		sleep, p.hasty = r.IntN(10), true
	case o.Sleepers == 0 && r.IntN(30) == 0:
		sleep = r.IntN(messages)
	}
	opened := 1
	for sent := 0; sent < messages; {
		if opened < tabs && (r.IntN(3) == 0 || sent > messages/2) {
			p.steps = append(p.steps, step{do: opensTab, tab: opened})
			opened++
		}
		s := burst(r, opened, min(1+r.IntN(4), messages-sent), sent, id)
		s.page = r.Float64() < o.Pages
		end := sent + len(s.texts)
		if sleep >= sent && sleep < end {
			s.do, s.tab, s.loss = sleeps, 0, none
		}
		p.steps = append(p.steps, s)
		for _, at := range []int{escalation, second} {
			if at >= sent && at < end {
				p.steps = append(p.steps, escalate(r, opened))
			}
		}
		sent = end
		if o.Persons > 0 && r.Float64() < o.Persons {
			p.steps = append(p.steps, escalate(r, opened))
		}
		p.steps = append(p.steps, between(r, opened, o.Pages)...)
	}
	return p
}

// burst is some messages that are written at once, and what follows.
func burst(r *rand.Rand, tabs, n, sent int, id string) step {
	s := step{do: says, wait: wait(r.IntN(3)), think: .3 + 1.4*r.Float64()}
	if tabs > 1 && r.IntN(3) == 0 {
		s.tab = r.IntN(tabs)
	}
	for i := range n {
		s.texts = append(s.texts, text(r, fmt.Sprintf(" (%d of %s)", sent+i+1, id)))
	}
	switch n := r.IntN(1000); {
	case n < 40:
		s.loss = drops
	case n < 60:
		s.loss, s.lasts = vanishes, time.Duration(100+r.IntN(8000))*time.Millisecond
	case n < 66:
		s.loss, s.lasts = reads, time.Duration(1500+r.IntN(5000))*time.Millisecond
	case n < 67: // until the server loses its patience
		s.loss, s.lasts = reads, 13*time.Second
	case n < 75:
		s.loss = switches
	}
	return s
}

// text makes up a message with that end.
func text(r *rand.Rand, end string) string {
	t := texts[r.IntN(len(texts))]
	if r.IntN(150) == 0 { // as long as it may be, by now and then four bytes each
		long := []string{"x", "ü", "漢", "🦊"}[r.IntN(4)]
		t = strings.Repeat(long, longest-len([]rune(end)))
	}
	return t + end
}

func address(r *rand.Rand) string { return fmt.Sprintf("ada.%d@example.com", r.IntN(1000)) }

func escalate(r *rand.Rand, tabs int) step {
	s := step{
		do: escalates, tab: r.IntN(tabs), how: []string{"button", "escalate", "/escalate", "words"}[r.IntN(4)],
		says: 1 + r.IntN(8), stays: r.IntN(5) > 0, think: .5 + r.Float64(),
	}
	if r.IntN(4) == 0 {
		s.email = address(r)
	}
	return s
}

// between is what a visitor does now and then.
func between(r *rand.Rand, tabs int, often float64) []step {
	tab := r.IntN(tabs)
	if r.Float64() < often {
		return []step{{do: pages, tab: tab}}
	}
	switch n := r.IntN(100); {
	case n < 2:
		return []step{{do: closesChat, tab: tab, think: r.Float64()}, {do: rates, tab: tab}} // and writes on at once
	case n < 3:
		return []step{{do: rates, tab: tab}}
	case n < 6:
		return []step{{do: leaves, tab: tab, email: address(r)}}
	case n < 9:
		return []step{{do: renames, tab: tab, name: fmt.Sprintf("Ada the %dth", r.Int32())}}
	case n < 15:
		return []step{{do: presses, tab: tab, wait: wait(r.IntN(3)), think: r.Float64()}}
	}
	return nil
}
