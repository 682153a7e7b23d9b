package answer

import (
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/botworker/knowledge"
)

// verdict is what a fair judge says of an answer.
type verdict string

const (
	right           verdict = "right"
	acceptable      verdict = "acceptable"
	wrong           verdict = "wrong"
	declined        verdict = "declined"         // though a page answers
	rightlyDeclined verdict = "rightly declined" // since no page does
)

// judge says what the answer is worth that quotes these places, in this order.
func judge(q asked, a Answer, places []string, known []knowledge.Passage) verdict {
	none := len(q.Best) == 0
	silent := a.Aside || a.Handover || len(places) == 0
	trap := func(place string) bool { return within(place, q.Wrong) }
	topics := q.topics()
	switch {
	case silent && none:
		return rightlyDeclined
	case silent:
		return declined
	case none && slices.ContainsFunc(places, func(p string) bool { return trap(p) || !within(p, q.Also) }):
		return wrong
	case none:
		return acceptable
	}
	full, some := 0, 0
	for _, t := range topics {
		switch {
		case best(places, t) && t.saidBy(wholeOf(a)):
			some++
			full++
		case slices.ContainsFunc(places, func(p string) bool { return within(p, t.Best) && short(p, known) }):
			some++
		case slices.ContainsFunc(places, func(p string) bool { return within(p, t.Also) && !trap(p) }):
			some++
		}
	}
	first := slices.ContainsFunc(topics, func(t topic) bool {
		return within(places[0], t.Best) || within(places[0], t.Also) && !trap(places[0])
	})
	switch {
	case some == 0:
		return wrong
	case full == len(topics) && first:
		return right
	}
	return acceptable
}

// topics are the one or two things that are asked.
func (q asked) topics() []topic {
	if q.Second == nil {
		return []topic{q.topic}
	}
	return []topic{q.topic, *q.Second}
}

func best(places []string, t topic) bool {
	return slices.ContainsFunc(places, func(p string) bool { return within(p, t.Best) })
}

func (t topic) saidBy(text string) bool {
	return len(t.Says) == 0 || slices.ContainsFunc(t.Says, func(s string) bool { return mentions(text, s) })
}

// short reports whether a place is one passage, so that what is quoted of it is near the
// rest. A page that isn't divided can be about anything.
func short(place string, known []knowledge.Passage) bool {
	n := 0
	for _, p := range known {
		if placeOf(p) == place {
			n++
		}
	}
	return n <= 1
}

// within reports whether a place is one of the list, or on a page of the list.
func within(place string, list []string) bool {
	page, _, _ := strings.Cut(place, "#")
	return slices.Contains(list, place) || slices.Contains(list, page)
}

// mentions reports whether a text says something, however it is set.
func mentions(text, what string) bool { return strings.Contains(plainly(text), plainly(what)) }

func plainly(text string) string {
	return strings.Join(strings.Fields(strings.ToLower(unset.Replace(text))), " ")
}

var unset = strings.NewReplacer("**", "", "*", "", "`", "", `\`, "", "–", "-", "’", "'", "\n>", " ", "\u00a0", " ")

// What counts as right, acceptable, wrong and declined.
func TestABusinessIsJudgedFairly(t *testing.T) {
	hours := topic{Best: []string{"shop.md#Hours"}, Says: []string{"9–5"}, Also: []string{"contact.md"}}
	price := &topic{Best: []string{"prices.md#"}, Says: []string{"€ 5"}}
	nothing := asked{topic: topic{Also: []string{"contact.md#Mail"}}, Wrong: []string{"shop.md"}}
	known := []knowledge.Passage{{Path: "faq.md", Text: "Laundry"}, {Path: "faq.md", Text: "Lost and found"}}
	found := topic{Best: []string{"faq.md#"}, Says: []string{"lost"}}
	for _, c := range []struct {
		name   string
		q      asked
		answer Answer
		places []string
		want   verdict
	}{
		{"the best place, and what was asked", asked{topic: hours}, Answer{Text: "> We are open\n> **9-5**"}, []string{"shop.md#Hours"}, right},
		{"the best place, another part of it", asked{topic: hours}, Answer{Text: "> On Sundays"}, []string{"shop.md#Hours"}, acceptable},
		{"another passage of a page that isn't divided", asked{topic: found}, Answer{Text: "> Laundry"}, []string{"faq.md#"}, wrong},
		{"the right passage of a page that isn't divided", asked{topic: found}, Answer{Text: "> Lost and found"}, []string{"faq.md#"}, right},
		{"a place that helps, too", asked{topic: hours}, Answer{Text: "> Write"}, []string{"contact.md#Mail"}, acceptable},
		{"the best place after one that has nothing to do with it", asked{topic: hours}, Answer{Text: "> 9–5"}, []string{"jobs.md#", "shop.md#Hours"}, acceptable},
		{"the best place after one that looks like an answer", asked{topic: hours, Wrong: []string{"contact.md#Fax"}}, Answer{Text: "> 9–5"}, []string{"contact.md#Fax", "shop.md#Hours"}, acceptable},
		{"another section", asked{topic: hours}, Answer{Text: "> 9–5"}, []string{"shop.md#"}, wrong},
		{"a section of a page that helps, but this one does not", asked{topic: hours, Wrong: []string{"contact.md#Fax"}}, Answer{Text: "> Fax"}, []string{"contact.md#Fax"}, wrong},
		{"a page answers, and the bot does not know", asked{topic: hours}, Answer{Text: "No.", Aside: true}, nil, declined},
		{"what comes nearest is named, and not quoted", asked{topic: hours}, Answer{Text: "No.", Aside: true}, []string{"jobs.md#"}, declined},
		{"both of two questions", asked{topic: hours, Second: price}, Answer{Text: "> 9–5\n> € 5"}, []string{"shop.md#Hours", "prices.md#"}, right},
		{"one of two questions", asked{topic: hours, Second: price}, Answer{Text: "> € 5"}, []string{"prices.md#"}, acceptable},
		{"neither of two questions", asked{topic: hours, Second: price}, Answer{Text: "> Fax"}, []string{"jobs.md#"}, wrong},
		{"nothing answers, and a passage is quoted", nothing, Answer{Text: "> Hours"}, []string{"shop.md#Hours"}, wrong},
		{"nothing answers, and what is quoted is no harm", nothing, Answer{Text: "> Mail"}, []string{"contact.md#Mail"}, acceptable},
		{"nothing answers, and the bot says so", nothing, Answer{Text: "No.", Aside: true}, nil, rightlyDeclined},
		{"nothing answers, and a person takes over", nothing, Answer{Text: "Hold on.", Handover: true}, nil, rightlyDeclined},
	} {
		if got := judge(c.q, c.answer, c.places, known); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
