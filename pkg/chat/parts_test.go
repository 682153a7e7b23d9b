package chat

import (
	"strings"
	"testing"
)

func TestPartsAreBounded(t *testing.T) {
	cited, offered := Citation{Title: "Returns", URL: "https://shop.example/returns"}, Choice{Label: "Refunds", ID: "p1"}
	for name, c := range map[string]struct {
		p  *Parts
		ok bool
	}{
		"none":                 {nil, true},
		"all":                  {&Parts{Passage: "m", Citations: []Citation{cited, {Title: "no address"}}, Choices: []Choice{offered, {Label: "Talk to a person", Do: DoEscalate}}}, true},
		"as much as there can": {&Parts{Passage: strings.Repeat("ü", MaxText), Citations: []Citation{cited, cited, cited, cited, cited}, Choices: []Choice{offered, offered, offered, offered, offered}}, true},
		"a long passage":       {&Parts{Passage: strings.Repeat("m", MaxText+1)}, false},
		"many sources":         {&Parts{Citations: []Citation{cited, cited, cited, cited, cited, cited}}, false},
		"a source unnamed":     {&Parts{Citations: []Citation{{URL: "https://shop.example"}}}, false},
		"a script for a link":  {&Parts{Citations: []Citation{{Title: "a", URL: "javascript:alert(1)"}}}, false},
		"many choices":         {&Parts{Choices: []Choice{offered, offered, offered, offered, offered, offered}}, false},
		"a choice unnamed":     {&Parts{Choices: []Choice{{ID: "p1"}}}, false},
		"a choice for nothing": {&Parts{Choices: []Choice{{Label: "a"}}}, false},
		"a choice for both":    {&Parts{Choices: []Choice{{Label: "a", ID: "b", Do: DoEscalate}}}, false},
		"an unknown deed":      {&Parts{Choices: []Choice{{Label: "a", Do: "dance"}}}, false},
		"an id with a space":   {&Parts{Choices: []Choice{{Label: "a", ID: "b c"}}}, false},
		"pressed":              {&Parts{Choice: "p1"}, true},
		"pressed: too long":    {&Parts{Choice: strings.Repeat("p", MaxChoiceID+1)}, false},
	} {
		if err := c.p.CheckParts(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An event without parts costs what it did before there were any.
func TestPartsCostNothingWhereThereAreNone(t *testing.T) {
	e := Event{Kind: Message, ID: "m", From: Speaker{Role: RoleVisitor, Name: "Ada"}, Text: "hello"}
	b, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = e.Encode() }); n > 1 {
		t.Errorf("written with %.0f allocations", n)
	}
	var read Event
	if !read.readPlain(b) || read.Parts != nil {
		t.Errorf("%s is read as %+v", b, read)
	}
}
