package system_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// drained is longer than these tests take: nothing ends because of it.
const drained = time.Hour

// A bot that has to stop in the middle of a thought still answers, and the model, which
// costs money, is asked once.
func TestAStoppingBotFinishesItsThought(t *testing.T) {
	s := newSystem(t)
	s.history()
	g, m := s.gateway(), newModel(t, 0)
	old := s.askingBot(m, botworker.Options{Name: "old", DrainTime: drained})
	ada := talktest.Dial(t, g.url)
	ada.Hello("Ada", "", 0)
	seq := ada.Say("m", "hard: why?")
	bustest.Eventually(t, "the model is asked", func() bool { return m.times("hard: why?") == 1 })
	old.tell()
	s.askingBot(m, botworker.Options{Name: "new", DrainTime: drained})

	bob := talktest.Dial(t, g.url)
	bob.Hello("Bob", "", 0)
	bob.Say("m", "and this?")
	if reply := bob.Event("reply", "On and this?"); reply.From.Name != "new" {
		t.Errorf("%s answers what came after it had to stop", reply.From.Name)
	}
	m.speak <- struct{}{}
	if reply := ada.Event("reply", "On hard: why?"); reply.From.Name != "old" || reply.Through != seq {
		t.Errorf("%s answers through %d, want the old one through %d", reply.From.Name, reply.Through, seq)
	}
	old.stop()
	if list := m.more(); len(list) > 0 {
		t.Errorf("the model was asked %v", list)
	}
}

// A stopping bot gives back the deliveries that it has not begun, so that another one
// gets them at once and they do not wait for the present thought.
func TestAStoppingBotGivesBackWhatItHasNotBegun(t *testing.T) {
	s := newSystem(t)
	s.history()
	g, m := s.gateway(), newModel(t, 0)
	old := s.askingBot(m, botworker.Options{Name: "old", Workers: 1, DrainTime: drained})
	ada := talktest.Dial(t, g.url)
	ada.Hello("Ada", "", 0)
	ada.Say("m", "hard: why?")
	bustest.Eventually(t, "the model is asked", func() bool { return m.times("hard: why?") == 1 })
	const others = 6
	var waiting []*talktest.Client
	for i := range others {
		c := talktest.Dial(t, g.url)
		c.Hello(fmt.Sprint("visitor ", i), "", 0)
		c.Say("m", fmt.Sprint("question ", i))
		waiting = append(waiting, c)
	}
	bustest.Eventually(t, "the bot holds them all", func() bool { return s.nats.Held("bot") == others+1 })
	s.askingBot(m, botworker.Options{Name: "new", DrainTime: drained})
	givenBack := s.nats.GivenBack("bot")
	old.tell()
	for i, c := range waiting {
		if reply := c.Event("reply", fmt.Sprint("On question ", i)); reply.From.Name != "new" {
			t.Errorf("%s answers question %d", reply.From.Name, i)
		}
	}
	bustest.Eventually(t, "NATS to say that all were given back, so that none lapsed", func() bool { return givenBack() >= others })
	m.speak <- struct{}{}
	ada.Event("reply", "On hard: why?")
	old.stop()
	if list := m.more(); len(list) > 0 {
		t.Errorf("the model was asked %v", list)
	}
}

// Another message of the same chat waits behind a thought. Another replica would answer
// both, so it gets the second one only after the first is answered.
func TestMessagesBehindAStoppingBotsThoughtComeAfterIt(t *testing.T) {
	s := newSystem(t)
	s.history()
	g, m := s.gateway(), newModel(t, 0)
	old := s.askingBot(m, botworker.Options{Name: "old", DrainTime: drained})
	ada := talktest.Dial(t, g.url)
	ada.Hello("Ada", "", 0)
	first := ada.Say("m1", "hard: why?")
	bustest.Eventually(t, "the model is asked", func() bool { return m.times("hard: why?") == 1 })
	second := ada.Say("m2", "and when?")
	bustest.Eventually(t, "the bot holds both", func() bool { return s.nats.Held("bot") == 2 })
	old.tell()
	s.askingBot(m, botworker.Options{Name: "new", DrainTime: drained})
	m.speak <- struct{}{}
	if reply := ada.Event("reply", "On hard: why?"); reply.From.Name != "old" || reply.Through != first {
		t.Errorf("%s answers through %d, want the old one through %d", reply.From.Name, reply.Through, first)
	}
	if reply := ada.Event("reply", "On and when?"); reply.From.Name != "new" || reply.Through != second {
		t.Errorf("%s answers through %d, want the new one through %d", reply.From.Name, reply.Through, second)
	}
	old.stop()
	if list := m.more(); len(list) > 0 {
		t.Errorf("the model was asked %v", list)
	}
}

// The model never answers the bot that is told to stop. It has its time; then it gives
// the delivery back, so that another replica asks at once, not after a lapse.
func TestAnEndlessThoughtGoesToAnotherBotAfterTheDrainTime(t *testing.T) {
	const drain = 2 * time.Second
	s := newSystem(t)
	s.history()
	g, m := s.gateway(), newModel(t, 0)
	old := s.askingBot(m, botworker.Options{Name: "old", DrainTime: drain})
	ada := talktest.Dial(t, g.url)
	ada.Hello("Ada", "", 0)
	seq := ada.Say("m", "hard: why?")
	bustest.Eventually(t, "the model is asked", func() bool { return m.times("hard: why?") == 1 })
	s.askingBot(m, botworker.Options{Name: "new", DrainTime: drained})
	givenBack := s.nats.GivenBack("bot")
	told := time.Now()
	old.tell()
	bustest.Eventually(t, "the model is asked by another", func() bool { return m.times("hard: why?") == 2 })
	if took := time.Since(told); took < drain {
		t.Errorf("it is asked again %v after the bot had to stop, which has %v for its thought", took, drain)
	}
	bustest.Eventually(t, "NATS to say that the delivery was given back, so that it did not lapse", func() bool { return givenBack() >= 1 })
	old.stop()
	m.speak <- struct{}{}
	if reply := ada.Event("reply", "On hard: why?"); reply.From.Name != "new" || reply.Through != seq {
		t.Errorf("%s answers through %d, want the new one through %d", reply.From.Name, reply.Through, seq)
	}
}

// Bots are replaced one after the other, as a new version is rolled out, while
// visitors ask: each question is answered once, and the model is asked each once.
func TestARolloutOfBotsAsksTheModelEachQuestionOnce(t *testing.T) {
	s := newSystem(t)
	s.history()
	g, m := s.gateway(), newModel(t, 60*time.Millisecond)
	start := func() *replica { return s.askingBot(m, botworker.Options{DrainTime: drained}) }
	replicas := []*replica{start(), start()}
	var enough atomic.Bool
	var asked atomic.Int32
	var wg sync.WaitGroup
	const visitors = 8
	for v := range visitors {
		wg.Go(func() {
			c := talktest.Dial(t, g.url)
			c.Hello(fmt.Sprint("visitor ", v), "", 0)
			questions := 0
			for ; !enough.Load(); questions++ {
				asked.Add(1)
				text := fmt.Sprintf("question %d of visitor %d", questions, v)
				seq := c.Say(fmt.Sprint("m", questions), text)
				if reply := c.Find("an answer to "+text, func(f talk.Frame) bool { return f.Kind == "reply" && f.Through >= seq }); reply.Through != seq || reply.Text != "On "+text {
					t.Errorf("%q is answered with %q, through %d and not %d", text, reply.Text, reply.Through, seq)
				}
			}
			if n := covered(c.Seen()); n != questions {
				t.Errorf("visitor %d: %d of %d messages are covered once", v, n, questions)
			}
		})
	}
	const replaced = 5
	for n := 0; n < replaced || asked.Load() < replaced*visitors && !t.Failed(); n++ { // with fewer the test shows nothing
		replicas = append(replicas, start())
		replicas[0].stop()
		replicas = replicas[1:]
	}
	enough.Store(true)
	wg.Wait()
	if list := m.more(); len(list) > 0 {
		t.Errorf("the model was asked %v", list)
	}
}
