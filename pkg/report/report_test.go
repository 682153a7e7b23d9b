package report_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/report"
)

var (
	noon  = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	grace = chat.Agent{User: "grace", Name: "Grace"}
	ada   = chat.Agent{User: "ada", Name: "Ada"}
)

// log writes a chat's events as the roles would: each change is decided by chat.State.
type log struct {
	events []chat.Event
	state  chat.State
	at     time.Time
}

func newLog() *log { return &log{at: noon} }

func (l *log) add(e chat.Event) {
	e.Chat, e.Seq, e.At = "chat", uint64(len(l.events)+1)*3, l.at
	l.events = append(l.events, e)
}

func (l *log) after(d time.Duration) *log {
	l.at = l.at.Add(d)
	return l
}

func (l *log) visitor(text string) { l.add(chat.Event{Kind: chat.Message, Text: text}) }

func (l *log) rates(score int, words string) {
	l.add(chat.Event{Kind: chat.Request, Request: chat.Rate, Score: score, Text: words})
}

// step reports whether the chat's state allows the step, and writes its event if it does.
func (l *log) step(s chat.Step) bool {
	s.At = l.at
	if s.Kind == "" {
		s.Kind = chat.StateChange
	}
	if s.Kind == chat.Reply {
		s.AnsweredThrough = uint64(len(l.events)) * 3
	}
	next, err := l.state.Apply(s)
	if err != nil {
		return false
	}
	l.state = next
	l.add(chat.Event{Kind: s.Kind, Reason: s.Reason, State: &next})
	return true
}

func (l *log) must(t *testing.T, s chat.Step) {
	t.Helper()
	if !l.step(s) {
		t.Fatalf("the step %+v is refused in %+v", s, l.state)
	}
}

// What happened is written down beside the figures that follow from it.
func TestAVisitIsCountedAsItWent(t *testing.T) {
	l := newLog()
	l.visitor("Where is my parcel?")
	l.after(time.Second).must(t, chat.Step{Kind: chat.Reply})
	l.after(time.Minute).visitor("A person, please")
	l.must(t, chat.Step{Reason: chat.Escalated, Team: "billing2"})
	l.after(40*time.Second).must(t, chat.Step{Reason: chat.Taken, By: grace})
	l.after(20*time.Second).must(t, chat.Step{Kind: chat.Say, By: grace})
	l.after(time.Minute).must(t, chat.Step{Reason: chat.PassedOn, By: grace, To: ada})
	l.after(time.Minute).must(t, chat.Step{Reason: chat.Snoozed, By: ada, Seen: 1000, Until: l.at.Add(time.Hour)})
	l.after(time.Hour).must(t, chat.Step{Reason: chat.Woken, By: ada})
	l.after(time.Minute).must(t, chat.Step{Kind: chat.Say, By: ada})
	l.after(time.Minute).must(t, chat.Step{Reason: chat.ByAgent, By: ada})
	l.after(time.Second).rates(2, "It took long")
	l.after(24 * time.Hour).visitor("Thanks")
	l.must(t, chat.Step{Kind: chat.Reply})

	rows := report.Rows(l.events)
	if len(rows) != 2 {
		t.Fatalf("%d rows: %+v", len(rows), rows)
	}
	r := rows[0]
	if r.Waited != 40*time.Second || r.Handled != 4*time.Minute+20*time.Second {
		t.Errorf("waited %s, handled %s", r.Waited, r.Handled)
	}
	if r.Said.Sub(r.Asked) != time.Minute || r.PassedOn != 1 || r.Team != "billing2" || r.Agent != ada || r.Call != chat.Escalated {
		t.Errorf("%+v", r)
	}
	if r.Score != 2 || r.Words != "It took long" || r.Outcome != chat.AgentHelped || r.Messages != 2 || r.Answers != 1 || r.Says != 2 {
		t.Errorf("%+v", r)
	}
	if next := rows[1]; !r.Next.Equal(next.Began) || next.Number != 2 || next.Outcome != chat.Going || !next.Asked.IsZero() || next.Team != "" {
		t.Errorf("the second visit: %+v", next)
	}
}

// A log that is read in pieces, with what was known kept in between, is counted as one that is
// read at once; what is delivered again counts once.
func TestMadeAgainIsCountedLive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := anyLog(t)
		want := report.Rows(l.events)
		rows := map[uint64]report.Row{}
		kept := []byte("{}")
		for at := 0; at < len(l.events); {
			var f report.Fold
			if err := json.Unmarshal(kept, &f); err != nil {
				t.Fatal(err)
			}
			again := rapid.IntRange(0, at).Draw(t, "delivered again from")
			until := rapid.IntRange(at+1, len(l.events)).Draw(t, "until")
			for i := again; i < until; i++ {
				if ended := f.Add(&l.events[i]); ended != nil {
					rows[ended.Number] = *ended
				}
			}
			rows[f.Row.Number] = f.Row
			var err error
			if kept, err = json.Marshal(f); err != nil {
				t.Fatal(err)
			}
			at = until
		}
		if len(rows) != len(want) {
			t.Fatalf("%d rows, made again %d", len(rows), len(want))
		}
		for _, w := range want {
			if got := rows[w.Number]; !reflect.DeepEqual(got, w) {
				t.Fatalf("counted live\n%+v\nmade again\n%+v", got, w)
			}
		}
	})
}

// The time in which a visit waits or is handled is never more than the visit lasted, and no
// figure says more of a part than of the whole.
func TestNoFigureIsMoreThanTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := report.Rows(anyLog(t).events)
		now := noon.Add(1000 * time.Hour)
		for i := range rows {
			r := &rows[i]
			if r.Over() && r.Waited+r.Handled > r.Ended.Sub(r.Began) {
				t.Fatalf("waited %s and handled %s of %s", r.Waited, r.Handled, r.Ended.Sub(r.Began))
			}
			for _, f := range report.Figures() {
				v, about := f.Of(r, now)
				if v < 0 || v > 0 && !about || f.Unit == report.Share && v > 1 || f.Behind(r, now) && !about {
					t.Fatalf("%s of %+v is %v", f.Key, r, v)
				}
			}
		}
	})
}

// anyLog is a log of random steps; those that the state refuses are not in it.
func anyLog(t *rapid.T) *log {
	l := newLog()
	agents := []chat.Agent{grace, ada}
	reasons := []chat.Reason{chat.Escalated, chat.BotGaveUp, chat.LineFull, chat.Cancelled, chat.NobodyCame, chat.Taken, chat.Assigned, chat.SteppedIn, chat.Returned, chat.Transferred, chat.AgentGone, chat.PassedOn, chat.TakenOver, chat.Snoozed, chat.Woken, chat.WokenInLine, chat.ByAgent, chat.ByVisitor, chat.Idle}
	for range rapid.IntRange(1, 60).Draw(t, "events") {
		l.after(time.Duration(rapid.IntRange(0, 90).Draw(t, "seconds")) * time.Second)
		by := rapid.SampledFrom(agents).Draw(t, "by")
		switch rapid.IntRange(0, 5).Draw(t, "what") {
		case 0:
			l.visitor("words")
		case 1:
			l.rates(rapid.IntRange(1, 5).Draw(t, "score"), "")
		case 2:
			l.step(chat.Step{Kind: chat.Reply})
		case 3:
			l.step(chat.Step{Kind: chat.Say, By: by})
		default:
			l.step(chat.Step{Reason: rapid.SampledFrom(reasons).Draw(t, "reason"), By: by, To: ada, Team: rapid.SampledFrom([]string{"", "billing2"}).Draw(t, "team"), Seen: 1})
		}
	}
	if len(l.events) == 0 {
		l.visitor("words")
	}
	return l
}

// A day is that of the reader's time zone: the one on which clocks go forward has 23 hours, the
// one on which they go back 25, and each visit is in one day and one hour.
func TestDaysAreThoseOfTheTimeZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from  time.Time
		hours int
	}{
		{time.Date(2026, 3, 29, 0, 0, 0, 0, berlin), 23},
		{time.Date(2026, 10, 25, 0, 0, 0, 0, berlin), 25},
	} {
		days := report.NewTable(report.Day, berlin, noon, report.Figures()[:1])
		hours := report.NewTable(report.Hour, berlin, noon, report.Figures()[:1])
		for i := range c.hours + 2 {
			began := c.from.Add(time.Duration(i-1) * time.Hour).UTC()
			r := report.Row{VisitSum: chat.VisitSum{Visit: chat.Visit{Began: began}}}
			days.Add(&r)
			hours.Add(&r)
		}
		lines := days.Lines()
		if len(lines) != 3 || lines[1].Group != c.from.Format(time.DateOnly) || lines[1].Values[0].Rows != c.hours {
			t.Errorf("%s: %+v", c.from.Format(time.DateOnly), lines)
		}
		all := 0
		for _, line := range hours.Lines() {
			all += line.Values[0].Rows
		}
		if all != c.hours+2 {
			t.Errorf("%d of %d visits are in an hour", all, c.hours+2)
		}
	}
}

func TestMedianAndMostAreValuesThatThereWere(t *testing.T) {
	rating, _ := report.Named("rating")
	table := report.NewTable(report.Whole, time.UTC, noon, []report.Figure{rating})
	for _, score := range []int{5, 1, 4, 4, 2, 5, 3, 5, 5, 1} {
		table.Add(&report.Row{VisitSum: chat.VisitSum{Visit: chat.Visit{Score: score}}})
	}
	table.Add(&report.Row{}) // not rated
	want := report.Value{Rows: 10, Sum: 35, Median: 4, Most: 5}
	if lines := table.Lines(); len(lines) != 1 || lines[0].Values[0] != want {
		t.Errorf("%+v, not %+v", lines, want)
	}
}

// What a durable answer is, is known only after 7 days, and not if the visitor came back.
func TestAnAnswerIsDurableAfterSevenDays(t *testing.T) {
	durable, _ := report.Named("bot_durable")
	ended := noon
	row := func(next time.Time) *report.Row {
		return &report.Row{Answers: 1, Next: next, VisitSum: chat.VisitSum{Visit: chat.Visit{Began: noon.Add(-time.Hour), Ended: ended, Outcome: chat.BotHelped}}}
	}
	day := 24 * time.Hour
	for _, c := range []struct {
		name  string
		next  time.Time
		now   time.Time
		value float64
		about bool
	}{
		{"not known yet", time.Time{}, ended.Add(6 * day), 0, false},
		{"stayed away", time.Time{}, ended.Add(7 * day), 1, true},
		{"came back", ended.Add(6 * day), ended.Add(9 * day), 0, true},
		{"came back later", ended.Add(8 * day), ended.Add(9 * day), 1, true},
	} {
		if v, about := durable.Of(row(c.next), c.now); v != c.value || about != c.about {
			t.Errorf("%s: %v, %v", c.name, v, about)
		}
	}
}
