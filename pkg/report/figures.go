package report

import (
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// Unit says how the values of a figure are summed up and read.
type Unit string

// The units. Of a Count the number of rows or the sum of their values is told; of Seconds and
// Stars the median and the value that 9 of 10 do not exceed; of a Share how many of the rows
// that could count do.
const (
	Count   Unit = "count"
	Seconds Unit = "seconds"
	Stars   Unit = "stars"
	Share   Unit = "share"
)

// Figure is one thing that is counted.
type Figure struct {
	// Key names it in addresses and in CSV, and never changes its meaning.
	Key  string `json:"key"`
	Unit Unit   `json:"unit"`
	// Title is what people call it, and Means what it counts, in a sentence.
	Title string `json:"title"`
	Means string `json:"means"`
	// of returns the row's value, and whether the figure is about the row at all. Of a Share
	// the value is 1 for a row that counts and 0 for one that could have.
	of func(r *Row, now time.Time) (value float64, about bool)
}

// Of returns the row's value, and whether the figure is about this row: 0 if not. now is the time of the
// report: what durably helped is not known before the days are over.
func (f *Figure) Of(r *Row, now time.Time) (value float64, about bool) {
	if value, about = f.of(r, now); !about {
		return 0, false
	}
	return value, true
}

// Behind reports whether the row is one of those that a reader sees behind the figure: of a
// share those that count, of anything else those that it is about.
func (f *Figure) Behind(r *Row, now time.Time) bool {
	v, about := f.Of(r, now)
	return about && (f.Unit != Share || v > 0)
}

// DurableAfter is how long a visitor must have stayed away for an answer to count as durable.
const DurableAfter = 7 * 24 * time.Hour

// confirmedFrom is the rating from which a visitor says that they were helped.
const confirmedFrom = 4

// Figures returns all figures, in the order in which they are shown.
func Figures() []Figure { return figures }

// Named returns the figure of that key.
func Named(key string) (Figure, bool) {
	for _, f := range figures {
		if f.Key == key {
			return f, true
		}
	}
	return Figure{}, false
}

var figures = []Figure{
	{"visits", Count, "Visits", "Visits that began in this time. A visit is what a visitor writes about until the chat is closed.",
		one(func(*Row) bool { return true })},
	{"messages", Count, "Messages", "What visitors wrote in these visits.",
		func(r *Row, _ time.Time) (float64, bool) { return float64(r.Messages), r.Messages > 0 }},
	{"asked", Count, "Asked for a person", "Visits in which the visitor or the bot asked for a person, whether or not one came.",
		one(asked)},
	{"with_person", Count, "With a person", "Visits that an agent had at some time.",
		one((*Row).WithPerson)},
	{"waiting", Seconds, "Time in line", "How long a visit was in line, all stays together, if a person was asked for and came.",
		func(r *Row, _ time.Time) (float64, bool) { return r.Waited.Seconds(), asked(r) && r.WithPerson() }},
	{"first_answer", Seconds, "First answer of a person", "From when a person was asked for, or stepped in, to an agent’s first words.",
		func(r *Row, _ time.Time) (float64, bool) {
			return r.Said.Sub(r.Asked).Seconds(), !r.Asked.IsZero() && !r.Said.Before(r.Asked)
		}},
	{"handling", Seconds, "Handling time", "How long agents had the chat in a visit that is over, without the time in which it was snoozed.",
		func(r *Row, _ time.Time) (float64, bool) { return r.Handled.Seconds(), r.WithPerson() && r.Over() }},
	{"abandoned", Share, "Abandoned", "Of the visits that are over and in which a person was asked for: those whose visitor went, or gave up waiting, before one came.",
		share((*Row).Abandoned, func(r *Row) bool { return asked(r) && r.Over() })},
	{"declined", Count, "No place in line", "Visits in which a person was asked for while the line was full.",
		one(func(r *Row) bool { return r.Call.Declines() })},
	{"missed", Count, "Left an address", "Visits whose visitor left an e-mail address because nobody came.",
		one(func(r *Row) bool { return r.Outcome == chat.LeftAddress || r.Outcome == chat.AddressDealt })},
	{"passed_on", Count, "Passed on", "How often a visit went from an agent to another one, or back into a line.",
		func(r *Row, _ time.Time) (float64, bool) { return float64(r.PassedOn), r.PassedOn > 0 }},
	{"rating", Stars, "Rating", "The last rating that a visitor gave in the visit, of 5.",
		func(r *Row, _ time.Time) (float64, bool) { return float64(r.Score), r.Score > 0 }},
	{"bot_answered", Count, "Answered by the bot", "Visits in which the bot gave at least one answer that is not a set phrase.",
		one(answered)},
	{"bot_handed_over", Share, "Handed over by the bot", "Of the visits that the bot answered: those in which the bot itself asked for a person.",
		share(func(r *Row) bool { return r.Call == chat.BotGaveUp }, answered)},
	{"bot_asked_away", Share, "Asked away from the bot", "Of the visits that the bot answered: those in which the visitor asked for a person.",
		share(func(r *Row) bool { return asked(r) && r.Call != chat.BotGaveUp }, answered)},
	{"bot_assumed", Share, "Helped by the bot, as it seems", "Of the visits that are over and that the bot answered: those in which nobody asked for a person or left an address, and that were not rated 3 or less.",
		share(alone, func(r *Row) bool { return answered(r) && r.Over() })},
	{"bot_confirmed", Share, "Helped by the bot, confirmed", "Of the same visits: those of them whose visitor gave 4 or 5.",
		share(func(r *Row) bool { return alone(r) && r.Score >= confirmedFrom }, func(r *Row) bool { return answered(r) && r.Over() })},
	{"bot_durable", Share, "Helped by the bot, for good", "Of the visits that ended at least 7 days ago and that the bot answered: those that it helped, as it seems, and whose visitor did not come back within 7 days.",
		func(r *Row, now time.Time) (float64, bool) {
			if !answered(r) || !r.Over() || now.Sub(r.Ended) < DurableAfter {
				return 0, false
			}
			back := !r.Next.IsZero() && r.Next.Sub(r.Ended) < DurableAfter
			return truth(alone(r) && !back), true
		}},
}

func asked(r *Row) bool { return !r.Asked.IsZero() && r.Call != chat.SteppedIn }

func answered(r *Row) bool { return r.Answers > 0 }

// alone reports whether the bot seems to have helped and nobody else was needed.
func alone(r *Row) bool {
	return r.Outcome == chat.BotHelped && answered(r) && r.Asked.IsZero() && (r.Score == 0 || r.Score >= confirmedFrom)
}

// one counts the rows for which it holds.
func one(holds func(*Row) bool) func(*Row, time.Time) (float64, bool) {
	return func(r *Row, _ time.Time) (float64, bool) { return 1, holds(r) }
}

// share counts the rows for which it holds, among those for which it could.
func share(holds, could func(*Row) bool) func(*Row, time.Time) (float64, bool) {
	return func(r *Row, _ time.Time) (float64, bool) { return truth(holds(r)), could(r) }
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
