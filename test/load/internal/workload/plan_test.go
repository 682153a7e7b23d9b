package workload

import (
	"reflect"
	"testing"
	"unicode/utf8"
)

func TestTheSameSeedMakesTheSameLives(t *testing.T) {
	did := map[deed]int{}
	lost := map[loss]int{}
	messages, longestText := 0, 0
	for number := range 500 {
		p := makePlan(Options{Seed: 7, Pages: .05}, number, "a run")
		if again := makePlan(Options{Seed: 7, Pages: .05}, number, "a run"); !reflect.DeepEqual(p, again) {
			t.Fatalf("visitor %d has two lives: %+v and %+v", number, p, again)
		}
		if other := makePlan(Options{Seed: 8, Pages: .05}, number, "a run"); reflect.DeepEqual(p.steps, other.steps) {
			t.Fatalf("visitor %d has the same life with another seed", number)
		}
		n := 0
		for _, s := range p.steps {
			did[s.do]++
			lost[s.loss]++
			n += len(s.texts)
			for _, text := range s.texts {
				longestText = max(longestText, utf8.RuneCountInString(text))
			}
		}
		if n < 20 || n > 200 || utf8.RuneCountInString(p.name) > 64 {
			t.Errorf("visitor %q writes %d messages", p.name, n)
		}
		messages += n
	}
	for do := says; do <= sleeps; do++ {
		if did[do] == 0 {
			t.Errorf("nobody does %d", do)
		}
	}
	for l := none; l <= switches; l++ {
		if lost[l] == 0 {
			t.Errorf("nobody loses a connection in way %d", l)
		}
	}
	if escalate := did[escalates]; escalate < 60 || escalate > 150 {
		t.Errorf("%d of 500 visitors' chats are escalated", escalate)
	}
	if longestText != longest {
		t.Errorf("the longest of %d texts has %d characters", messages, longestText)
	}
}
