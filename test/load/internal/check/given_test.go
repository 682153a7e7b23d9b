package check

import (
	"slices"
	"testing"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// home is the event at a sequence, of the home after that many moves.
func home(moves, n uint64, e history.Event) history.Event {
	e.Seq = moves<<movesFrom + n
	return e
}

// settling is a change by the system, which names the last input that is dealt with.
func settling(moves, n uint64, reason, status string, through uint64) history.Event {
	return home(moves, n, said("state", reason, status, through))
}

// What a region left open that was given up is settled by calling a person, once, there and nowhere
// else.
func TestAPersonIsCalledForWhatALostRegionLeftOpen(t *testing.T) {
	const there = 1 << movesFrom
	first, second := home(0, 1, said("message", "", "", 0)), home(0, 2, said("message", "", "", 0))
	answer := home(0, 3, said("reply", "", "", 1))
	announced := answer
	announced.Handover = true
	call := settling(1, 1, "bot_gave_up", waiting, 2)
	lost := []history.Harm{{Kind: "kill", Target: "eu:bot"}, {Kind: "give-up", Target: "eu>ap"}}
	moved := []string{"eu", "ap"}
	for name, c := range map[string]struct {
		log   []history.Event
		path  []string
		harms []history.Harm
		want  []string
	}{
		"a message waited":                {[]history.Event{first, second, call}, moved, lost, nil},
		"a burst was answered in part":    {[]history.Event{first, second, answer, call}, moved, lost, nil},
		"a person goes on with it":        {[]history.Event{first, second, call, by("bob", settling(1, 2, "taken", live, 2)), home(1, 3, said("say", "bob", live, 2))}, moved, lost, nil},
		"a name was decided before it":    {[]history.Event{home(0, 1, gives("Ada")), second, called("Ada", settling(1, 1, "named", withBot, 0)), called("Ada", settling(1, 2, "bot_gave_up", waiting, 2))}, moved, lost, nil},
		"the visitor wrote there already": {[]history.Event{first, home(1, 1, second), settling(1, 2, "bot_gave_up", waiting, there+1)}, moved, lost, nil},
		"a person had been announced":     {[]history.Event{first, announced, settling(1, 1, "bot_gave_up", waiting, 1)}, moved, lost, nil},
		"a call waited, too":              {[]history.Event{first, home(0, 2, said("ask", "escalate", "", 0)), call}, moved, lost, nil},
		"the chat was closed":             {[]history.Event{first, home(0, 2, said("state", "idle", closed, 0)), settling(1, 1, "escalated", waiting, 1)}, moved, lost, nil},
		"moved before it was lost":        {[]history.Event{home(1, 1, first), settling(2, 1, "bot_gave_up", waiting, there+1)}, []string{"ap", "eu", "ap"}, lost, nil},

		"nobody is called for it":        {[]history.Event{first, second}, moved, lost, []string{Unanswered}},
		"not all is dealt with":          {[]history.Event{first, second, settling(1, 1, "bot_gave_up", waiting, 1), settling(1, 2, "nobody_came", withBot, 1)}, moved, lost, []string{Unanswered}},
		"it was no move of a lost one":   {[]history.Event{first, second, call}, moved, lost[:1], []string{DecidedTwice, Unanswered}},
		"another region was lost":        {[]history.Event{first, second, call}, moved, []history.Harm{{Kind: "give-up", Target: "us>ap"}}, []string{DecidedTwice, Unanswered}},
		"another region took it over":    {[]history.Event{first, second, call}, moved, []history.Harm{{Kind: "give-up", Target: "eu>us"}}, []string{DecidedTwice, Unanswered}},
		"it had left in peace before":    {[]history.Event{first, second, answer, settling(0, 4, "moved", withBot, 1), call}, moved, lost, []string{DecidedTwice, Unanswered}},
		"at the lost home":               {[]history.Event{first, second, settling(0, 3, "bot_gave_up", waiting, 2)}, moved, lost, []string{DecidedTwice, Unanswered}},
		"a move later":                   {[]history.Event{home(1, 1, first), settling(2, 1, "bot_gave_up", waiting, there+1)}, []string{"eu", "ap", "us"}, lost, []string{DecidedTwice, Unanswered}},
		"for what was written there":     {[]history.Event{first, home(0, 2, said("reply", "", "", 1)), home(1, 1, second), settling(1, 2, "bot_gave_up", waiting, there+1)}, moved, lost, []string{DecidedTwice, Unanswered}},
		"for nothing":                    {[]history.Event{first, home(0, 2, said("reply", "", "", 1)), settling(1, 1, "bot_gave_up", waiting, 1)}, moved, lost, []string{DecidedTwice}},
		"the bot has spoken there":       {[]history.Event{first, second, home(1, 1, said("message", "", "", 0)), home(1, 2, said("reply", "", "", 1)), settling(1, 3, "bot_gave_up", waiting, 2)}, moved, lost, []string{DecidedTwice, Unanswered}},
		"twice":                          {[]history.Event{first, second, settling(1, 1, "bot_gave_up", waiting, 1), settling(1, 2, "nobody_came", withBot, 1), settling(1, 3, "bot_gave_up", waiting, 2)}, moved, lost, []string{DecidedTwice, Unanswered}},
		"an agent did it":                {[]history.Event{first, second, by("bob", call)}, moved, lost, []string{DecidedTwice, Unanswered}},
		"an end over it is none":         {[]history.Event{first, second, settling(1, 1, "idle", closed, 2)}, moved, lost, []string{Unanswered}},
		"a call waited and comes anew":   {[]history.Event{first, home(0, 2, said("ask", "escalate", "", 0)), call, settling(1, 2, "nobody_came", withBot, 2), settling(1, 3, "escalated", waiting, 2)}, moved, lost, []string{DecidedTwice, Unexplained}},
		"a person who was not announced": {[]history.Event{first, home(0, 2, said("reply", "", "", 1)), home(0, 3, said("ask", "rate", "", 0)), settling(1, 1, "bot_gave_up", waiting, 3)}, moved, lost, []string{DecidedTwice}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBook(Options{Homes: map[string][]string{chatA: c.path}, Harms: c.harms})
			b.readLogs(c.log, c.log)
			b.seal()
			b.life(b.chat(chatA))
			b.handed(b.chat(chatA))
			var got []string
			report := b.report()
			for _, v := range report.Violations {
				got = append(got, v.Rule)
			}
			slices.Sort(got)
			if got = slices.Compact(got); !slices.Equal(got, c.want) {
				t.Errorf("want %q, got %q:\n%s", c.want, got, formatted(t, report))
			}
		})
	}
}
