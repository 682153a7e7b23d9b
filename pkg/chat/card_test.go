package chat

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func many(n int, of func(i int) string) (list []string) {
	for i := range n {
		list = append(list, of(i))
	}
	return list
}

func numbered(i int) string { return fmt.Sprint("tag ", i) }

// What is out of bounds is refused whole, with a sentence that says which part it is.
func TestAnEditOfACardIsBounded(t *testing.T) {
	for name, c := range map[string]struct {
		edit CardEdit
		says string // in the sentence; empty: it is accepted
	}{
		"all":                    {CardEdit{Add: []string{"refund"}, Remove: []string{"new"}, Set: []Attribute{{Key: "plan", Value: "pro", By: SaidByPage}}, Title: "A refund", Address: "ada@example.com", Language: "pt-BR"}, ""},
		"as much as there can":   {CardEdit{Add: many(MaxTags, func(i int) string { return strings.Repeat("ü", MaxTag-2) + fmt.Sprintf("%02d", i) }), Set: []Attribute{{Key: strings.Repeat("k", MaxKey), Value: strings.Repeat("v", MaxValue)}}}, ""},
		"nothing":                {CardEdit{}, "Nothing was said"},
		"10,000 tags":            {CardEdit{Add: many(10_000, numbered)}, "30 tags"},
		"a long tag":             {CardEdit{Add: []string{strings.Repeat("t", MaxTag+1)}}, "This tag has 65 characters; it can have 64."},
		"a tag of nothing":       {CardEdit{Add: []string{" \u200b\t"}}, "nothing in this tag"},
		"a tag that is no text":  {CardEdit{Add: []string{"\xff"}}, "not valid UTF-8"},
		"31 attributes":          {CardEdit{Set: make([]Attribute, MaxAttributes+1)}, "30 attributes"},
		"an attribute unnamed":   {CardEdit{Set: []Attribute{{Value: "v"}}}, "nothing in this name"},
		"a long name":            {CardEdit{Set: []Attribute{{Key: strings.Repeat("k", MaxKey+1), Value: "v"}}}, "This name of an attribute has 65"},
		"a long value":           {CardEdit{Set: []Attribute{{Key: "k", Value: strings.Repeat("v", MaxValue+1)}}}, "This value of an attribute has 257"},
		"an unknown informer":    {CardEdit{Set: []Attribute{{Key: "k", Value: "v", By: "me"}}}, `"me"`},
		"a title of a novel":     {CardEdit{Title: strings.Repeat("t", MaxCardTitle+1)}, "This title has 257"},
		"two addresses":          {CardEdit{Address: "a@example.com, b@example.com"}, "one email address"},
		"no address any longer":  {CardEdit{Address: "-"}, ""},
		"a language of a length": {CardEdit{Language: strings.Repeat("x", 36)}, "This language has 36"},
	} {
		_, err := c.edit.Clean()
		var text *TextError
		if (err == nil) != (c.says == "") || err != nil && (!errors.As(err, &text) || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestATagIsShownOnOneLine(t *testing.T) {
	edit, err := CardEdit{Add: []string{"  re\nfund\u0007 "}}.Clean()
	if err != nil || edit.Add[0] != "re fund" {
		t.Errorf("%q, %v", edit.Add, err)
	}
}

func TestACardHasRoomForSoMuch(t *testing.T) {
	full := Card{Tags: many(MaxTags, numbered)}
	for i := range MaxAttributes {
		full.Attributes = append(full.Attributes, Attribute{Key: fmt.Sprintf("%02d", i), Value: "v"})
	}
	var text *TextError
	if next, err := full.Apply(CardEdit{Add: []string{"one more"}}); !errors.As(err, &text) || !next.Same(full) {
		t.Errorf("one more tag: %v", err)
	}
	if next, err := full.Apply(CardEdit{Set: []Attribute{{Key: "x", Value: "v"}}}); !errors.As(err, &text) || !next.Same(full) {
		t.Errorf("one more attribute: %v", err)
	}
	if next, err := full.Apply(CardEdit{Add: []string{"another"}, Remove: []string{"TAG 3"}, Set: []Attribute{{Key: "03"}, {Key: "x", Value: "v"}}}); err != nil || len(next.Tags) != MaxTags || len(next.Attributes) != MaxAttributes {
		t.Errorf("one for another: %+v, %v", next, err)
	}
	for name, same := range map[string]CardEdit{"a tag that is there": {Add: []string{"TAG 1"}}, "one that is not": {Remove: []string{"x"}}, "an attribute": {Set: []Attribute{{Key: "01", Value: "v"}}}, "no title": {Title: "-"}} {
		if _, err := full.Apply(same); !errors.Is(err, ErrUnchanged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What the site signed, nobody else changes or removes; the site does.
func TestOnlyTheSiteChangesWhatItSigned(t *testing.T) {
	signed := Card{Attributes: []Attribute{{Key: "plan", Value: "pro", By: SignedBySite}}}
	for _, by := range []Informer{"", SaidByPage} {
		for _, value := range []string{"free", ""} {
			next, err := signed.Apply(CardEdit{Add: []string{"vip"}, Set: []Attribute{{Key: "plan", Value: value, By: by}}})
			var text *TextError
			if !errors.As(err, &text) || !strings.Contains(err.Error(), `"plan"`) || !next.Same(signed) {
				t.Errorf("%q by %q: %+v, %v", value, by, next, err)
			}
		}
	}
	if next, err := signed.Apply(CardEdit{Set: []Attribute{{Key: "plan", By: SignedBySite}}}); err != nil || len(next.Attributes) != 0 {
		t.Errorf("the site takes it back: %+v, %v", next, err)
	}
	claimed := Card{Attributes: []Attribute{{Key: "plan", Value: "free"}}}
	if next, err := claimed.Apply(CardEdit{Set: signed.Attributes}); err != nil || !next.Same(signed) {
		t.Errorf("the site signs what was said: %+v, %v", next, err)
	}
}

func anyEdit(t *rapid.T) CardEdit {
	word := rapid.SampledFrom([]string{"a", "A", "b", "<é\u2028", "c c"})
	edit := CardEdit{Add: rapid.SliceOfN(word, 0, 3).Draw(t, "add"), Remove: rapid.SliceOfN(word, 0, 3).Draw(t, "remove"), Title: rapid.SampledFrom([]string{"", "-", "A \"title\""}).Draw(t, "title"), Language: rapid.SampledFrom([]string{"", "-", "de"}).Draw(t, "language")}
	for range rapid.IntRange(0, 3).Draw(t, "attributes") {
		edit.Set = append(edit.Set, Attribute{Key: word.Draw(t, "key"), Value: rapid.SampledFrom([]string{"", "1", "<2>"}).Draw(t, "value"), By: rapid.SampledFrom([]Informer{"", SaidByPage}).Draw(t, "by")})
	}
	return edit
}

// Whatever is tried: a card stays in bounds and in order, what it was is not touched, an edit
// that was applied changes nothing when it is applied again, and an event carries the card as
// encoding/json has it.
func TestWhateverIsWrittenACardStaysWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Card
		for range rapid.IntRange(1, 20).Draw(t, "edits") {
			edit, err := anyEdit(t).Clean()
			if err != nil {
				continue
			}
			before, _ := json.Marshal(c)
			next, err := c.Apply(edit)
			if after, _ := json.Marshal(c); string(after) != string(before) {
				t.Fatalf("Apply changed its receiver from %s to %s", before, after)
			}
			if err != nil {
				continue
			}
			for i, tag := range next.Tags {
				for _, other := range next.Tags[:i] {
					if strings.EqualFold(tag, other) {
						t.Fatalf("the tags are %q", next.Tags)
					}
				}
			}
			for i, a := range next.Attributes {
				if a.Value == "" || i > 0 && next.Attributes[i-1].Key >= a.Key {
					t.Fatalf("the attributes are %+v", next.Attributes)
				}
			}
			if len(edit.Set) < 2 { // of two values for one key the last one counts
				if _, err := next.Apply(CardEdit{Set: edit.Set, Title: edit.Title, Language: edit.Language}); !errors.Is(err, ErrUnchanged) {
					t.Fatalf("the same edit again: %v", err)
				}
			}
			compare(t, Event{Kind: CardChange, From: Speaker{Role: RoleAgent}, Parts: &Parts{Card: &next}})
			c = next
		}
	})
}
